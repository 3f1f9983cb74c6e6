using System.Net.Sockets;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class UnixSocketFaultTests
{
    private const int Limit = 20_000;

    private readonly TestScheduler _scheduler = new();

    [Theory(Timeout = Limit)]
    [InlineData("none", "No such file or directory")]
    [InlineData("none/socket", "No such file or directory")]
    [InlineData("file", "Is a file, not a socket")]
    [InlineData("file/socket", "is not a directory")]
    [InlineData("folder", "Is a directory, not a socket")]
    [InlineData("loop", "Too many levels of symbolic links")]
    [InlineData("stale", "Connection refused")]
    public async Task Connect_UnixSocket_ErrorNamesThePathAndTheCause(string name, string cause)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the texts are Linux's");
        using TemporaryFolder folder = Filled();
        SocketException failure = await Assert.ThrowsAsync<SocketException>(
            async () => await new SocketConnector(_scheduler).ConnectAsync(folder.Socket(name), CancellationToken.None));
        Assert.Contains(folder.File(name), failure.Message);
        Assert.Contains(cause, failure.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_UnixSocketWhoseBacklogIsFull_ErrorSaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems wait");
        using var folder = new TemporaryFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(folder.Socket("full"));
        listener.Listen(0);
        using var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        first.Connect(folder.Socket("full"));
        SocketException failure = await Assert.ThrowsAsync<SocketException>(
            async () => await new SocketConnector(_scheduler).ConnectAsync(folder.Socket("full"), CancellationToken.None));
        Assert.Contains("backlog of connections is full", failure.Message);
    }

    [Theory]
    [InlineData("none/socket", "No such file or directory")]
    [InlineData("file", "Is a file, not a socket")]
    [InlineData("file/socket", "is not a directory")]
    [InlineData("folder", "Is a directory, not a socket")]
    public void Listen_UnixSocket_ErrorNamesTheCause(string name, string cause)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the texts are Linux's");
        using TemporaryFolder folder = Filled();
        SocketException failure = Assert.Throws<SocketException>(() => new SocketAcceptor(folder.Socket(name), _scheduler));
        Assert.Contains(cause, failure.Message);
        Assert.Equal("kept", File.ReadAllText(folder.File("file")));
    }

    private static TemporaryFolder Filled()
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "kept");
        Directory.CreateDirectory(folder.File("folder"));
        File.CreateSymbolicLink(folder.File("loop"), folder.File("loop"));
        using var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(folder.Socket("first"));
        // Closing removes the file under the name that was bound.
        File.Move(folder.File("first"), folder.File("stale"));
        return folder;
    }
}
