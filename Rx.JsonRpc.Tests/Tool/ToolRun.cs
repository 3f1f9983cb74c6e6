using System.Net;
using System.Text;
using Rx.JsonRpc.Tool;
using Rx.JsonRpc.Tool.Serving;

namespace Rx.JsonRpc.Tests.Tool;

/// <summary>What one run of the command line came to; it runs in this process.</summary>
internal sealed record ToolRun(int Code, string Out, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<ToolRun> Of(params string[] args) => Of(args, CancellationToken.None);

    public static async Task<ToolRun> Of(string[] args, CancellationToken stop)
    {
        using var output = new WatchedWriter();
        using var error = new WatchedWriter();
        int code = await CommandLineEntry.RunAsync(args, new ToolConsole(output, error), stop);
        return new ToolRun(code, output.ToString(), error.ToString());
    }

    /// <summary>A run whose output goes to streams; null for one where every write fails, as on a full disk.</summary>
    public static async Task<ToolRun> Of(string[] args, Stream? output, Stream? error)
    {
        int code = await CommandLineEntry.RunAsync(args, ToolConsole.Of(output ?? new FullDisk(), error ?? new FullDisk()), CancellationToken.None);
        return new ToolRun(code, Text(output), Text(error));

        static string Text(Stream? stream) => stream is MemoryStream memory ? Encoding.UTF8.GetString(memory.ToArray()) : "";
    }

    /// <summary>The example service on a port of its own.</summary>
    public static JsonRpcListener Serve(out string address)
    {
        var listener = new JsonRpcListener(new IPEndPoint(IPAddress.Loopback, 0));
        ExampleService.Start(listener);
        address = listener.LocalEndPoint.ToString()!;
        return listener;
    }

    /// <summary>An address where nobody listens.</summary>
    public static async Task<string> NobodyAsync()
    {
        JsonRpcListener listener = Serve(out string address);
        await listener.DisposeAsync();
        return address;
    }
}

/// <summary>A stream that takes nothing.</summary>
internal sealed class FullDisk : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
}

/// <summary>A writer that can be read and waited on while others write.</summary>
internal sealed class WatchedWriter : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly List<(string Part, TaskCompletionSource Seen)> _awaited = [];

    public WatchedWriter() => NewLine = "\n";

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        lock (_gate)
        {
            _text.Append(value);
            Tell();
        }
    }

    public override void WriteLine(string? value) => Write(value + NewLine);

    /// <summary>Completes once a text was written.</summary>
    public Task Contains(string part)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _awaited.Add((part, seen));
            Tell();
        }
        return seen.Task;
    }

    public override string ToString()
    {
        lock (_gate) return _text.ToString();
    }

    private void Tell()
    {
        if (_awaited.Count == 0) return;
        string all = _text.ToString();
        foreach ((string part, TaskCompletionSource seen) in _awaited)
        {
            if (all.Contains(part, StringComparison.Ordinal)) seen.TrySetResult();
        }
    }
}
