namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>The command line as a process of its own, that can be killed and frozen.</summary>
internal static class OwnTool
{
    private const string Listening = "listening on ";

    public static OwnProcess Start(params string[] arguments) =>
        OwnProcess.Start("dotnet", AppContext.BaseDirectory, [Path.Combine(AppContext.BaseDirectory, "rxrpc.dll"), .. arguments]);

    /// <summary>Where <c>rxrpc serve</c> listens.</summary>
    public static async Task<string> ListeningAsync(OwnProcess serve)
    {
        await serve.Log.Contains(Listening);
        return serve.Log.Lines.First(line => line.Contains(Listening, StringComparison.Ordinal))[Listening.Length..];
    }
}
