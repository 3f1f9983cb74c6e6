using System.Diagnostics;

namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>A process that a test starts, and that ends with the test at the latest.</summary>
internal sealed class OwnProcess : IAsyncDisposable
{
    private readonly Process _process;

    private OwnProcess(Process process) => _process = process;

    public LineLog Log { get; } = new();

    /// <param name="file">The program.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">Its arguments.</param>
    public static OwnProcess Start(string file, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        var own = new OwnProcess(new Process { StartInfo = start });
        own._process.OutputDataReceived += (_, line) => own.Log.Add(line.Data);
        own._process.ErrorDataReceived += (_, line) => own.Log.Add(line.Data);
        own._process.Start();
        own._process.BeginOutputReadLine();
        own._process.BeginErrorReadLine();
        return own;
    }

    public async Task<int> ExitAsync(TimeSpan limit)
    {
        using var enough = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(enough.Token);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal to this process alone: <c>TERM</c>, <c>STOP</c>, <c>CONT</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Ends it and what it has started, as SIGKILL does.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
