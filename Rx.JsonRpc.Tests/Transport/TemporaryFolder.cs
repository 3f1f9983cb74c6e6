using System.Net.Sockets;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>A folder of its own for a test's socket files.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("rxj-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    public UnixDomainSocketEndPoint Socket(string name) => new(File(name));

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
