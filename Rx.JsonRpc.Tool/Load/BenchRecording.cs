using System.Globalization;
using System.Reactive.Linq;

namespace Rx.JsonRpc.Tool.Load;

/// <summary>Writes the first requests of a run to a file, warm-up included: all of a stretch of time tells more than some of a longer one.</summary>
internal sealed class BenchRecording : IDisposable
{
    /// <summary>Some 20 MB.</summary>
    public const int Most = 100_000;

    private readonly string _path;
    private readonly FileStream _file;
    private int _written;
    private string? _fault;

    private BenchRecording(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static BenchRecording Open(string path)
    {
        try
        {
            return new BenchRecording(path, new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"cannot write {path}: {fault.Message}");
        }
    }

    public void Observe(JsonRpcClient client) => client.Records.Take(Most).TakeWhile(_ => _fault is null).Subscribe(Write);

    /// <summary>What was written, in one line.</summary>
    public string Summary(long dropped)
    {
        Try(static file => file.Flush());
        return _fault is not null
            ? $"rxrpc: recording to {_path} stopped: {_fault}"
            : string.Create(CultureInfo.InvariantCulture, $"recorded {_written:#,0} requests to {_path} ({dropped:#,0} came too fast and are missing)");
    }

    /// <summary>Closes the file; when nothing is recorded any more.</summary>
    public void Dispose() => Try(static file => file.Dispose());

    private void Write(RequestRecord record)
    {
        Try(file => AttemptLog.Write(file, record));
        _written++;
    }

    private void Try(Action<FileStream> write)
    {
        try
        {
            write(_file);
        }
        catch (IOException fault)
        {
            _fault = fault.Message.ReplaceLineEndings(" ");
        }
    }
}
