using Bonito.Templates.Jinja.Functions;
using Bonito.Templates.Jinja.Parsing;
using Bonito.Templates.Jinja.Syntax;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Rendering;

/// <summary>Turns a syntax tree into functions that render it.</summary>
internal sealed class Compiler
{
    readonly ExpressionCompiler expressions;

    Compiler(SourceText source, JinjaSyntax syntax) => expressions = new ExpressionCompiler(source, syntax);

    /// <summary>The program, and the slots of the frame that it runs in.</summary>
    /// <exception cref="BonitoException">The tree has a filter, test or construct that is not supported.</exception>
    public static (Executable Program, int Slots) Compile(SourceText source, JinjaSyntax syntax, Sequence<Statement> statements)
    {
        if (ScopeAnalysis.FirstRead(statements, "self") is { } self) throw source.Error(self.Start, self.End, "a template stands alone here: it has no blocks to refer to.");
        Layout layout = new(null);
        Scope scope = new(null, layout);
        scope.Visit(statements);
        Compiler compiler = new(source, syntax);
        Executable body = compiler.Body(statements, scope);
        Action<Frame> enter = Enter(scope);
        return (frame =>
        {
            enter(frame);
            return body(frame);
        }, layout.Count);
    }

    Executable Body(Sequence<Statement> statements, Scope scope)
    {
        Executable[] body = [.. statements.Select(s => Statement(s, scope))];
        if (body.Length == 1) return body[0];
        return frame =>
        {
            foreach (Executable statement in body)
            {
                Flow flow = statement(frame);
                if (flow != Flow.Next) return flow;
            }
            return Flow.Next;
        };
    }

    Executable Statement(Statement statement, Scope scope)
    {
        Executable compiled = statement switch
        {
            Text { Value: var text } => frame =>
            {
                frame.Context.Write(text);
                return Flow.Next;
            }
            ,
            Output output => Output(output, scope),
            If choice => If(choice, scope),
            For loop => new LoopCompiler(this, expressions).Compile(loop, scope),
            Set set => Set(set, scope),
            SetBlock set => SetBlock(set, scope),
            FilterBlock block => FilterBlock(block, scope),
            With with => With(with, scope),
            Macro macro => Macro(macro, scope),
            CallBlock block => CallBlock(block, scope),
            Break => _ => Flow.Break,
            Continue => _ => Flow.Continue,
            _ => throw new InvalidOperationException($"No rendering for {statement.GetType().Name}."),
        };
        return frame =>
        {
            frame.Context.Step();
            return compiled(frame);
        };
    }

    Executable Output(Output output, Scope scope)
    {
        Evaluable value = expressions.Compile(output.Value, scope);
        return frame =>
        {
            object? result = value(frame);
            frame.Context.Place = output;
            frame.Context.WriteValue(result);
            return Flow.Next;
        };
    }

    Executable If(If choice, Scope scope)
    {
        Evaluable[] conditions = [.. choice.Branches.Select(b => expressions.Compile(b.Condition, scope))];
        Executable[] bodies = [.. choice.Branches.Select(b => Body(b.Body, scope))];
        Executable otherwise = Body(choice.Else, scope);
        return frame =>
        {
            for (int i = 0; i < conditions.Length; i++)
            {
                if (Kind.IsTrue(conditions[i](frame))) return bodies[i](frame);
            }
            return otherwise(frame);
        };
    }

    Executable Set(Set set, Scope scope)
    {
        Evaluable value = expressions.Compile(set.Value, scope);
        Action<Frame, object?> assign = Assign(set.Target, scope);
        return frame =>
        {
            object? result = value(frame);
            frame.Context.Place = set;
            assign(frame, result);
            return Flow.Next;
        };
    }

    /// <summary>Gives a target its value, in the frame of the scope.</summary>
    public Action<Frame, object?> Assign(Expression target, Scope scope)
    {
        switch (target)
        {
            case Name name:
                int slot = scope.Find(name.Identifier)!.Value.Slot;
                return (frame, value) => frame.Slots[slot] = value;
            case NamespaceTarget attribute:
                Evaluable names = expressions.Compile(new Name(attribute.Identifier) { Start = attribute.Start, End = attribute.End }, scope);
                return (frame, value) =>
                {
                    object? found = names(frame);
                    if (found is not NamespaceValue space) throw new RenderFailure($"attributes can be set of namespace objects only, '{attribute.Identifier}' is a {Kind.Of(found)}.");
                    space.Attributes.Set(attribute.Attribute, value);
                };
            default:
                Action<Frame, object?>[] parts = [.. ((TupleLiteral)target).Items.Select(item => Assign(item, scope))];
                return (frame, value) =>
                {
                    List<object?> values = Kind.ItemList(frame.Context, value);
                    if (values.Count != parts.Length) throw new RenderFailure($"{parts.Length} names for {values.Count} values.");
                    for (int i = 0; i < parts.Length; i++) parts[i](frame, values[i]);
                };
        }
    }

    /// <summary>What a variable holds when its scope is entered.</summary>
    public static Action<Frame> Enter(Scope scope)
    {
        Scope.Entry[] entries = [.. scope.Entries.Where(e => e.Kind != Scope.EntryKind.Parameter)];
        if (entries.Length == 0) return _ => { };
        int depth = scope.Layout.Depth;
        return frame =>
        {
            foreach (Scope.Entry entry in entries)
            {
                frame.Slots[entry.Slot] = entry.Kind switch
                {
                    Scope.EntryKind.Resolve => Resolve(frame.Context, entry.Name!),
                    Scope.EntryKind.Alias => Outer(frame, depth - entry.Source.Layout.Depth).Slots[entry.Source.Slot],
                    _ => Frame.Missing,
                };
            }
        };
    }

    static Frame Outer(Frame frame, int hops)
    {
        for (; hops > 0; hops--) frame = frame.Outer!;
        return frame;
    }

    static object? Resolve(RenderContext context, string name) =>
        context.TryGetVariable(name, out object? value) ? value : Globals.Find(name, context.Syntax) ?? Frame.Missing;

    /// <summary>Empties the variables of a scope in a frame that goes on.</summary>
    public static Action<Frame> Leave(Scope scope)
    {
        int[] slots = [.. scope.Entries.Select(e => e.Slot)];
        return frame =>
        {
            foreach (int slot in slots) frame.Slots[slot] = Frame.Missing;
        };
    }

    /// <summary>A body in a scope of its own, within the same frame.</summary>
    public Executable Inner(Sequence<Statement> body, Scope scope)
    {
        Executable compiled = Body(body, scope);
        Action<Frame> enter = Enter(scope), leave = Leave(scope);
        return frame =>
        {
            enter(frame);
            Flow flow = compiled(frame);
            leave(frame);
            return flow;
        };
    }

    public Executable Unscoped(Sequence<Statement> body, Scope scope) => Body(body, scope);

    Executable SetBlock(SetBlock set, Scope scope)
    {
        Scope inner = scope.Inner();
        inner.Visit(set.Body);
        inner.Visit(set.Value);
        Evaluable capture = Capture(set.Value, set.Body, inner);
        Action<Frame, object?> assign = Assign(set.Target, scope);
        return frame =>
        {
            object? value = capture(frame);
            frame.Context.Place = set;
            assign(frame, value);
            return Flow.Next;
        };
    }

    Executable FilterBlock(FilterBlock block, Scope scope)
    {
        Scope inner = scope.Inner();
        inner.Visit(block.Body);
        inner.Visit(block.Value);
        Evaluable capture = Capture(block.Value, block.Body, inner);
        return frame =>
        {
            object? value = capture(frame);
            frame.Context.Place = block;
            frame.Context.WriteValue(value);
            return Flow.Next;
        };
    }

    /// <summary>Filters applied to a rendered body.</summary>
    Evaluable Capture(Expression filters, Sequence<Statement> body, Scope scope)
    {
        Executable rendered = Body(body, scope);
        Evaluable value = expressions.Compile(filters, scope);
        Action<Frame> enter = Enter(scope), leave = Leave(scope);
        return frame =>
        {
            enter(frame);
            frame.Context.Rendered = frame.Context.Capture(rendered, frame);
            object? result = value(frame);
            leave(frame);
            return result;
        };
    }

    Executable With(With with, Scope scope)
    {
        Scope inner = scope.Inner();
        foreach (Binding binding in with.Bindings) inner.DeclareTarget(binding.Target);
        inner.Visit(with.Body);
        Evaluable[] values = [.. with.Bindings.Select(b => expressions.Compile(b.Value, scope))];
        Action<Frame, object?>[] assign = [.. with.Bindings.Select(b => Assign(b.Target, inner))];
        Executable body = Body(with.Body, inner);
        Action<Frame> enter = Enter(inner), leave = Leave(inner);
        return frame =>
        {
            enter(frame);
            for (int i = 0; i < values.Length; i++) assign[i](frame, values[i](frame));
            Flow flow = body(frame);
            leave(frame);
            return flow;
        };
    }

    Executable Macro(Macro macro, Scope scope)
    {
        MacroDefinition definition = Define(macro.Identifier, macro.Parameters, macro.Body, scope);
        int slot = scope.Find(macro.Identifier)!.Value.Slot;
        return frame =>
        {
            frame.Slots[slot] = new MacroValue(definition, frame);
            return Flow.Next;
        };
    }

    MacroDefinition Define(string? name, Sequence<Parameter> parameters, Sequence<Statement> body, Scope outer)
    {
        Scope scope = outer.InnerFrame();
        int[] slots = [.. parameters.Select(p => scope.Declare(p.Identifier))];
        MacroDefinition definition = new(name, [.. parameters.Select(p => p.Identifier)], Special("caller"), Special("kwargs"), Special("varargs"))
        {
            Slots = slots,
            Layout = scope.Layout,
        };
        scope.Visit(parameters);
        scope.Visit(body);
        Evaluable[] defaults = [.. parameters.Select(p => p.Default is { } value ? expressions.Compile(value, scope) : Lacking(p.Identifier))];
        Executable compiled = Body(body, scope);
        Action<Frame> enter = Enter(scope);
        definition.Body = frame =>
        {
            enter(frame);
            for (int i = 0; i < slots.Length; i++)
            {
                if (ReferenceEquals(frame.Slots[slots[i]], Frame.Missing)) frame.Slots[slots[i]] = defaults[i](frame);
            }
            return compiled(frame);
        };
        return definition;

        int Special(string special) =>
            !parameters.Any(p => p.Identifier == special) && ScopeAnalysis.FirstRead(body, special) is not null ? scope.Declare(special) : -1;

        static Evaluable Lacking(string parameter)
        {
            Undefined undefined = new($"parameter '{parameter}' was not provided.");
            return _ => undefined;
        }
    }

    Executable CallBlock(CallBlock block, Scope scope)
    {
        MacroDefinition definition = Define(null, block.Parameters, block.Body, scope);
        Evaluable callee = expressions.Compile(block.Call.Callee, scope);
        Func<Frame, CallArguments> arguments = expressions.Arguments(block.Call.Arguments, scope, frame => new MacroValue(definition, frame));
        return frame =>
        {
            object? value = ExpressionCompiler.Invoke(frame, block.Call, callee(frame), arguments(frame));
            frame.Context.Place = block;
            frame.Context.WriteValue(value);
            return Flow.Next;
        };
    }
}
