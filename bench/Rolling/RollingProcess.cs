using System.Diagnostics;
using System.Net;

namespace Rx.JsonRpc.Bench.Rolling;

/// <summary><c>rxrpc serve</c> as a process of its own, stopped by SIGTERM.</summary>
internal sealed class RollingProcess : IRollingServer
{
    private const string Listening = "listening on ";

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private RollingProcess(Process process) => _process = process;

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    public static async Task<RollingProcess> StartAsync(string file, EndPoint place)
    {
        string[] arguments = ["serve", "--listen", $"{place}"];
        bool byHost = Path.GetExtension(file) == ".dll";
        var start = new ProcessStartInfo(byHost ? "dotnet" : file, byHost ? [file, .. arguments] : arguments) { RedirectStandardOutput = true };
        var server = new RollingProcess(Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start."));
        while (await server._process.StandardOutput.ReadLineAsync().WaitAsync(LongestStart) is { } line)
        {
            if (!line.StartsWith(Listening, StringComparison.Ordinal)) continue;
            server.EndPoint = IPEndPoint.Parse(line[Listening.Length..].Split(',')[0]);
            // What it tells of connections must not fill the pipe.
            _ = server._process.StandardOutput.ReadToEndAsync();
            return server;
        }
        throw new InvalidOperationException($"{file} ended before it said where it listens.");
    }

    public async Task StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
