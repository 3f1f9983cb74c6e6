using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Rx.JsonRpc.Tool;

/// <summary>The usual help, followed by what a command has to add: examples and exit codes.</summary>
internal sealed class HelpWithEnding(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => usual.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is IHelpEnding { Ending: var ending })
        {
            foreach (string line in WrappedText.Lines(ending.TrimEnd(), usual.MaxWidth)) parseResult.InvocationConfiguration.Output.WriteLine(line);
        }
        return code;
    }
}

/// <summary>A command whose help has an ending.</summary>
internal interface IHelpEnding
{
    string Ending { get; }
}

/// <summary>A command with examples and exit codes at the end of its help.</summary>
internal sealed class ToolCommand(string name, string description, string ending) : Command(name, description), IHelpEnding
{
    public string Ending => ending;
}
