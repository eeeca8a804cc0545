using Bonito.Rows;

namespace Bonito.Tests.Templates.Jinja;

/// <summary>Conversations of our own, with and without a system message, tools and calls of them.</summary>
static class Conversations
{
    static Row Of(params (string Name, object? Value)[] columns) => new([.. columns.Select(c => c.Name)], [.. columns.Select(c => c.Value)]);

    static Row Message(string role, string? content, params (string Name, object? Value)[] others) => Of([("role", role), ("content", content), .. others]);

    static readonly Row User = Message("user", " What is 2 + 3, in words? <b>\"é\"</b> \U0001F600\n"), Answer = Message("assistant", "Five."), System = Message("system", "  Be brief.  ");

    static readonly Row Tool = Of(("type", "function"), ("function", Of(
        ("name", "add"), ("description", "Adds two numbers: \"a\" & 'b' — größer"), ("parameters", Of(("type", "object"), ("properties", Of(("b", Of(("type", "integer"))), ("a", Of(("type", "integer"))))), ("required", new object?[] { "a", "b" }))))));

    static readonly Row Call = Message("assistant", null, ("tool_calls", new object?[]
    {
        Of(("id", "abcdefghi"), ("type", "function"), ("function", Of(("name", "add"), ("arguments", Of(("a", 2L), ("b", 3.0), ("exact", true), ("note", null)))))),
    }));

    static readonly Row Result = Message("tool", "5", ("tool_call_id", "abcdefghi"));

    public static IEnumerable<Row> All
    {
        get
        {
            foreach (object?[] messages in (object?[][])
            [
                [User], [System, User], [User, Answer], [User, Answer, User], [System, User, Answer, User, Answer], [User, Call, Result], [User, Call, Result, Answer, User], [System, User, Call, Result, Answer],
                [Answer, User], [User, User], [System], [Message("user", ""), Message("assistant", "")],
                [User, Message("assistant", "I add.", ("tool_calls", Call["tool_calls"])), Result], [Message("ipython", "x"), User], [User, Message("tool", "5", ("tool_call_id", "short"))],
            ])
            {
                foreach (bool prompt in (bool[])[false, true])
                {
                    yield return Of(("messages", messages), ("bos_token", "<s>"), ("eos_token", "</s>"), ("add_generation_prompt", prompt));
                    yield return Of(("messages", messages), ("bos_token", "<s>"), ("eos_token", "</s>"), ("add_generation_prompt", prompt), ("tools", new object?[] { Tool, Tool }));
                }
                yield return Of(("messages", messages), ("custom_tools", new object?[] { Tool }), ("tools_in_user_message", false), ("date_string", "1 Jan 2030"), ("bos_token", ""), ("eos_token", ""));
                yield return Of(("messages", messages), ("tools", null), ("bos_token", "<s>"), ("eos_token", "</s>"));
            }
        }
    }
}
