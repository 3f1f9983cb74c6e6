using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Rx.JsonRpc.Tool.Commands;

namespace Rx.JsonRpc.Tool;

/// <summary>From arguments to exit code. Whatever happens is told in lines, never as a stack trace.</summary>
internal static class CommandLineEntry
{
    // Parameters are JSON, not response files: a token that starts with @ means itself.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    public static async Task<int> RunAsync(string[] args, ToolConsole console, CancellationToken stop, Hangups? hangups = null)
    {
        ParseResult parsed = Root(console, hangups ?? new Hangups()).Parse(args, Parser);
        if (parsed.Action is ParseErrorAction || parsed.Action == parsed.CommandResult.Command.Action)
        {
            if (Mistyped.In(parsed, args) is { } mistyped) return Refuse(parsed, [mistyped], console);
            if (parsed.Action is ParseErrorAction) return Refuse(parsed, parsed.Errors.Select(Message), console);
        }
        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                // Signals arrive through the token alone, so that a test can send them too.
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (UsageException fault)
        {
            console.ErrorLine($"rxrpc: {fault.Message}");
            return ExitCode.Usage;
        }
        catch (OutputFailedException fault)
        {
            console.ErrorLine($"rxrpc: {fault.Message}");
            return ExitCode.Output;
        }
        catch (Exception fault)
        {
            console.ErrorLine($"rxrpc: {fault.Message} ({fault.GetType().Name})");
            return ExitCode.Failure;
        }
    }

    private static RootCommand Root(ToolConsole console, Hangups hangups)
    {
        var root = new RootCommand("Calls, serves and loads JSON-RPC 2.0 services over TCP with netstring framing.")
        {
            CallCommand.Create(console),
            NotifyCommand.Create(console),
            ServeCommand.Create(console),
            BenchCommand.Create(console),
            ReplayCommand.Create(console),
            GatewayCommand.Create(console, hangups),
            ImportCommand.Create(console),
            DemoCommand.Create(console),
        };
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction shown } help) help.Action = new HelpWithEnding(shown);
        }
        return root;
    }

    private static int Refuse(ParseResult parsed, IEnumerable<string> faults, ToolConsole console)
    {
        foreach (string fault in faults) console.ErrorLine($"rxrpc: {fault}");
        string command = parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
        console.ErrorLine($"rxrpc: see 'rxrpc{command} --help'");
        return ExitCode.Usage;
    }

    private static string Message(ParseError error) => error.SymbolResult is ArgumentResult { Tokens.Count: 0, Argument: { Arity.MinimumNumberOfValues: > 0 } missing }
        ? $"{missing.Name} is missing: {missing.Description}"
        : error.Message;
}
