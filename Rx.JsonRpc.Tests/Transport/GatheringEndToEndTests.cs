using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using System.Text;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>
/// A client gathers what its observers send on the thread pool. In the in-memory network the far end reads inside the writer's call, so
/// it can tell whether an observer was the writer.
/// </summary>
public class GatheringEndToEndTests
{
    [ThreadStatic]
    private static bool _insideObserver;

    private readonly InMemoryNetwork _network = new();
    private readonly InMemoryEndPoint _place = new("a");
    private readonly ConcurrentQueue<bool> _writtenByObserver = new();
    private readonly TaskCompletionSource _twoCame = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact(Timeout = 30_000)]
    public async Task Client_RepliesComeTogether_WhatTheirObserversSendIsNotWrittenByThem()
    {
        using IAcceptor acceptor = _network.Listen(_place);
        await using var client = new JsonRpcClient(_network.ClientOptions(new ServerAddress(_place)) with { Continuations = PipeScheduler.ThreadPool });
        client.Start();
        IDuplexPipe far = (await acceptor.AcceptAsync())!.Pipe;
        var requests = new ConcurrentQueue<string>();
        using IDisposable reading = new FrameConnection(far).Frames.Subscribe(frame =>
        {
            string text = Encoding.UTF8.GetString(frame.Payload);
            if (text.Contains("\"id\"")) requests.Enqueue(text);
            else Came();
        });
        var notified = new ConcurrentBag<Task>();
        Task[] answered =
        [
            .. Enumerable.Range(0, 2).Select(_ => client.Request("m").Do(_ => Inside(() => notified.Add(client.Notify("n").ToTask()))).ToTask()),
        ];

        string[] ids = [.. requests.Select(text => text[(text.LastIndexOf(':') + 1)..^1])];
        Assert.Equal(2, ids.Length);
        // The notification is for nobody, and first: an observer of the first frame could be called before the reader finds the second.
        await Write(far.Output, ["""{"jsonrpc":"2.0","method":"n"}""", .. ids.Select(id => $$"""{"jsonrpc":"2.0","result":1,"id":{{id}}}""")]);

        await _twoCame.Task;
        await Task.WhenAll(answered);
        // Both ends before the client: disposing it fails a notification that is still open.
        await Task.WhenAll(notified);
        Assert.Equal([false, false], _writtenByObserver);
    }

    private static void Inside(Action observe)
    {
        _insideObserver = true;
        observe();
        _insideObserver = false;
    }

    private static async Task Write(PipeWriter output, string[] frames)
    {
        foreach (string frame in frames) NetstringWriter.Write(output, Encoding.UTF8.GetBytes(frame));
        await output.FlushAsync();
    }

    private void Came()
    {
        _writtenByObserver.Enqueue(_insideObserver);
        if (_writtenByObserver.Count == 2) _twoCame.SetResult();
    }
}
