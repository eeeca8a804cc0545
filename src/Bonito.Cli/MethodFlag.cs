using System.CommandLine;
using Bonito.Adaptation;

namespace Bonito.Cli;

/// <summary>The flag that says which weights change.</summary>
static class MethodFlag
{
    public static Option<Method> Create(Method start)
    {
        Option<Method> method = new("--method")
        {
            Description = "What to train: full (all weights), lora (an adapter), qlora (an adapter beside weights held in NF4).",
            HelpName = "full|lora|qlora",
            DefaultValueFactory = _ => start,
        };
        Refusals.AllButNames<Method>(method);
        return method;
    }
}
