using System.Diagnostics;
using System.Globalization;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>The server's process: this program once more, started and ended by its own id.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public ServerPorts Ports { get; private set; } = new(0, 0);

    public static async Task<ServerProcess> StartAsync(string name, CancellationToken stop)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own path.");
        bool byHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] arguments = byHost ? [typeof(ServerProcess).Assembly.Location, name] : [name];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var server = new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
        try
        {
            string line = await server._process.StandardOutput.ReadLineAsync(stop).AsTask().WaitAsync(LongestStart, stop)
                ?? throw new InvalidOperationException("The server ended before it said where it listens.");
            int[] ports = [.. line.Split(' ').Select(port => int.Parse(port, CultureInfo.InvariantCulture))];
            server.Ports = new ServerPorts(ports[0], ports[1]);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the server's input, at which it ends; kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(LongestEnd);
        }
        catch (Exception fault) when (fault is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }
}
