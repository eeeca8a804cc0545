using Bonito.Templates.Jinja.Syntax;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Rendering;

/// <summary>Turns loops into functions.</summary>
internal sealed class LoopCompiler(Compiler compiler, ExpressionCompiler expressions)
{
    public Executable Compile(For loop, Scope scope)
    {
        Evaluable items = expressions.Compile(loop.Items, scope);
        if (!loop.Recursive)
        {
            Func<Frame, object?, int, Func<RenderContext, object?, int, object?>?, Flow> run = Turns(loop, scope, scope.Inner());
            return frame => run(frame, items(frame), 0, null);
        }
        Scope inner = scope.InnerFrame();
        Layout layout = inner.Layout;
        var turns = Turns(loop, scope, inner);
        return frame =>
        {
            frame.Context.Write((string)Recurse(frame.Context, items(frame), 0)!);
            return Flow.Next;

            object? Recurse(RenderContext context, object? value, int depth)
            {
                context.Descend();
                string text = context.Capture(own => turns(own, value, depth, Recurse), new Frame(context, layout.Count, frame));
                context.Ascend();
                return text;
            }
        };
    }

    /// <param name="around">The scope around the loop, which the branch of <c>else</c> and the condition see.</param>
    /// <param name="inner">The scope of the body; in a frame of its own when the loop is recursive.</param>
    Func<Frame, object?, int, Func<RenderContext, object?, int, object?>?, Flow> Turns(For loop, Scope around, Scope inner)
    {
        int loopSlot = loop.Recursive || ScopeAnalysis.FirstRead(loop.Body, "loop") is not null ? inner.Declare("loop") : -1;
        inner.DeclareTarget(loop.Target);
        inner.Visit(loop.Body);
        Action<Frame, object?> assign = compiler.Assign(loop.Target, inner);
        Executable body = compiler.Unscoped(loop.Body, inner);
        Action<Frame> enter = Compiler.Enter(inner), leave = Compiler.Leave(inner);
        Func<Frame, IEnumerable<object?>, IEnumerable<object?>>? select = loop.Condition is null ? null : Condition(loop, loop.Condition, new Scope(around, inner.Layout));
        Executable? otherwise = null;
        if (loop.Else.Count > 0)
        {
            Scope elseScope = new(around, inner.Layout);
            elseScope.Visit(loop.Else);
            otherwise = compiler.Inner(loop.Else, elseScope);
        }
        return (frame, value, depth, recurse) =>
        {
            frame.Context.Place = loop.Items;
            IEnumerable<object?> source = Kind.Items(value);
            if (select is not null) source = select(frame, source);
            bool finished = false;
            if (loopSlot < 0)
            {
                foreach (object? item in source)
                {
                    assign(frame, item);
                    if (!Turn(frame)) break;
                }
            }
            else
            {
                LoopValue state = new(select is null ? value : null, source, depth, recurse);
                while (state.Next())
                {
                    assign(frame, state.Current);
                    frame.Slots[loopSlot] = state;
                    if (!Turn(frame)) break;
                }
            }
            leave(frame);
            return finished || otherwise is null ? Flow.Next : otherwise(frame);

            bool Turn(Frame own)
            {
                own.Context.Step();
                enter(own);
                Flow flow = body(own);
                // As in Jinja2, a turn that was left early does not keep the branch of 'else' from being rendered.
                finished |= flow == Flow.Next;
                return flow != Flow.Break;
            }
        };
    }

    /// <summary>The items for which the loop's condition holds, looked at as they are asked for.</summary>
    Func<Frame, IEnumerable<object?>, IEnumerable<object?>> Condition(For loop, Expression condition, Scope scope)
    {
        scope.DeclareTarget(loop.Target);
        scope.Visit(condition);
        Action<Frame, object?> assign = compiler.Assign(loop.Target, scope);
        Evaluable holds = expressions.Compile(condition, scope);
        Action<Frame> enter = Compiler.Enter(scope);
        return Select;

        IEnumerable<object?> Select(Frame frame, IEnumerable<object?> items)
        {
            enter(frame);
            foreach (object? item in items)
            {
                frame.Context.Step();
                assign(frame, item);
                if (Kind.IsTrue(holds(frame))) yield return item;
            }
        }
    }
}
