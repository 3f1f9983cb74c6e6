using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>Words go to the other side and come back.</summary>
internal static class Echo
{
    public static async Task AssertAsync(IAcceptor acceptor, IConnector connector, EndPoint endPoint)
    {
        Task<AcceptedConnection?> accepting = acceptor.AcceptAsync().AsTask();
        IDuplexPipe client = await connector.ConnectAsync(endPoint, CancellationToken.None);
        AcceptedConnection? server = await accepting;
        Assert.NotNull(server);

        await client.Output.WriteAsync("there"u8.ToArray());
        await client.Output.CompleteAsync();
        string there = await ReadToEndAsync(server.Pipe.Input);
        await server.Pipe.Output.WriteAsync(Encoding.UTF8.GetBytes(there + " and back"));
        await server.Pipe.Output.CompleteAsync();

        Assert.Equal("there and back", await ReadToEndAsync(client.Input));
        await CloseAsync(client);
        await CloseAsync(server.Pipe);
    }

    public static async Task<string> ReadToEndAsync(PipeReader reader)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync();
            if (read.IsCompleted) return Encoding.UTF8.GetString(read.Buffer.ToArray());
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public static async Task CloseAsync(IDuplexPipe pipe)
    {
        await pipe.Input.CompleteAsync();
        await pipe.Output.CompleteAsync();
        await ((IAsyncDisposable)pipe).DisposeAsync();
    }
}
