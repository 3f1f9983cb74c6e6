using System.CommandLine;
using System.Reactive;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Tool.Input;

namespace Rx.JsonRpc.Tool.Commands;

/// <summary><c>rxrpc notify</c>: one notification, which no server answers.</summary>
internal static class NotifyCommand
{
    private const string Ending =
        $$"""
        Examples:
          rxrpc notify --servers 127.0.0.1:9999 update_user '{"id": 1234, "name": "Petros"}'

        {{ExitCode.OfNotifications}}
        """;

    public static Command Create(ToolConsole console)
    {
        var input = new RequestInput();
        var verbose = new Option<bool>("--verbose", "-v")
        {
            Description = "When it cannot be sent, tell each attempt on stderr, one line each.",
        };
        var command = new ToolCommand("notify", "Sends one notification; done when it was handed to one server.", Ending);
        input.AddTo(command);
        command.Options.Add(verbose);
        command.SetAction((parsed, stop) => RunAsync(console, input, parsed, parsed.GetValue(verbose), stop));
        return command;
    }

    private static async Task<int> RunAsync(
        ToolConsole console, RequestInput input, ParseResult parsed, bool verbose, CancellationToken stop)
    {
        await using var client = new JsonRpcClient(input.Client(parsed));
        try
        {
            IObservable<Unit> notification = client.Notify(input.Method(parsed), input.Parameters(parsed), input.Policy(parsed));
            await notification.ToTask(stop).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (JsonRpcException failure)
        {
            if (verbose) FailureReport.WriteAttempts(console, failure.Attempts);
            return FailureReport.Write(console, failure);
        }
    }
}
