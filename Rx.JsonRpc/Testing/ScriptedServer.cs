using System.Collections.Concurrent;
using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Testing;

/// <summary>A JSON-RPC server in an <see cref="InMemoryNetwork"/> that answers by a script, in the scheduler's time.</summary>
/// <remarks>
/// What no line of the script answers is answered with the JSON string of the end point's name, at once. A user's own failover test:
/// <code>
/// var clock = new VirtualClock();
/// var network = new InMemoryNetwork(clock);
/// ScriptedServer a = new ScriptedServer(network, new InMemoryEndPoint("a"), clock).On("get_user", answer => answer.Never());
/// ScriptedServer b = new ScriptedServer(network, new InMemoryEndPoint("b"), clock).On("get_user", answer => answer.Result("7"));
/// JsonRpcClientOptions options = network.ClientOptions(a.WithPriority(2), b.WithPriority(1));
/// await using var client = new JsonRpcClient(options, clock);
/// RawJson user = default;
/// client.Request("get_user", policy: new RequestPolicy { Replay = Replay.Always }).Subscribe(result => user = result);
/// clock.AdvanceBy(TimeSpan.FromMilliseconds(500));
/// Assert.Equal(("7", 1, 1), (user.ToString(), a.Received.Count, b.Received.Count));
/// </code>
/// </remarks>
public sealed class ScriptedServer : IDisposable
{
    private readonly InMemoryNetwork _network;
    private readonly IScheduler _clock;
    private readonly ConcurrentDictionary<string, ScriptedAnswers> _script = new();
    private readonly Lock _gate = new();
    private readonly List<ScriptedCall> _received = [];
    private readonly List<DateTimeOffset> _accepted = [];
    private readonly List<FrameConnection> _open = [];
    private IAcceptor? _acceptor;

    /// <summary>Makes a server and starts it.</summary>
    /// <param name="network">The network it listens in.</param>
    /// <param name="endPoint">Where it listens.</param>
    /// <param name="scheduler">The clock of its answers.</param>
    public ScriptedServer(InMemoryNetwork network, EndPoint endPoint, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(scheduler);
        _network = network;
        EndPoint = endPoint;
        _clock = scheduler;
        Start();
    }

    /// <summary>Where it listens.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Every call and notification, in the order in which they came.</summary>
    public IReadOnlyList<ScriptedCall> Received
    {
        get
        {
            lock (_gate) return [.. _received];
        }
    }

    /// <summary>When each connection was accepted.</summary>
    public IReadOnlyList<DateTimeOffset> Accepted
    {
        get
        {
            lock (_gate) return [.. _accepted];
        }
    }

    /// <summary>Says what answers a method. Several answers: first this, then that; the last one stays.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="answers">What answers the first call, the second, and so on.</param>
    /// <returns>This server.</returns>
    public ScriptedServer On(string method, params Action<ScriptedAnswer>[] answers)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentOutOfRangeException.ThrowIfZero(answers.Length);
        _script[method] = new ScriptedAnswers([.. answers.Select(One)]);
        return this;

        static Action<ScriptedCall, ScriptedAnswer> One(Action<ScriptedAnswer> answer) => (_, given) => answer(given);
    }

    /// <summary>Says what answers every method that has no line of its own.</summary>
    /// <param name="answers">What answers the first call, the second, and so on; the last one stays.</param>
    /// <returns>This server.</returns>
    public ScriptedServer OnAny(params Action<ScriptedAnswer>[] answers) => On("*", answers);

    /// <summary>Answers every method that has no line of its own by what was called.</summary>
    /// <param name="answer">Looks at the call and says what answers it; nothing said means no answer.</param>
    /// <returns>This server.</returns>
    public ScriptedServer OnAny(Action<ScriptedCall, ScriptedAnswer> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        _script["*"] = new ScriptedAnswers([answer]);
        return this;
    }

    /// <summary>Listens; does nothing when it does already.</summary>
    /// <returns>This server.</returns>
    public ScriptedServer Start()
    {
        if (_acceptor is not null) return this;
        _acceptor = _network.Listen(EndPoint);
        _ = Accept(_acceptor);
        return this;
    }

    /// <summary>Takes no new connections; those that are open stay and are served.</summary>
    public void Stop() => Interlocked.Exchange(ref _acceptor, null)?.Dispose();

    /// <summary>Goes away as a killed process does: listens no more, and every connection is closed.</summary>
    public void Kill()
    {
        Stop();
        FrameConnection[] open;
        lock (_gate) open = [.. _open];
        foreach (FrameConnection connection in open) connection.Dispose();
    }

    /// <summary>Stands still as a stopped process does: connections are accepted and bytes taken for it, and nothing comes back.</summary>
    public void Freeze() => _network.At(EndPoint).BlackHole();

    /// <summary>Goes on where <see cref="Freeze"/> stopped it; what came meanwhile is answered now.</summary>
    public void Thaw() => _network.At(EndPoint).Thaw();

    /// <summary>Sends a notification, or anything else, on every open connection.</summary>
    /// <param name="payload">The frame's payload.</param>
    public void Push(string payload)
    {
        FrameConnection[] open;
        lock (_gate) open = [.. _open];
        foreach (FrameConnection connection in open) connection.TrySend(System.Text.Encoding.UTF8.GetBytes(payload));
    }

    /// <summary>The address of this server for a client's options.</summary>
    /// <param name="priority">The priority; a higher number is tried first.</param>
    /// <returns>The address.</returns>
    public ServerAddress WithPriority(int priority) => new(EndPoint, priority);

    /// <summary>As <see cref="Kill"/>.</summary>
    public void Dispose() => Kill();

    private async Task Accept(IAcceptor acceptor)
    {
        while (await acceptor.AcceptAsync().ConfigureAwait(false) is { } accepted)
        {
            var connection = new FrameConnection(accepted.Pipe, peer: "the client");
            lock (_gate)
            {
                _accepted.Add(_clock.Now);
                _open.Add(connection);
            }
            connection.Frames
                .Finally(() => Forget(connection))
                .Subscribe(frame => Receive(connection, frame), _ => { });
        }
    }

    private void Receive(FrameConnection connection, Frame frame)
    {
        var reader = new EnvelopeReader(frame.Payload, strict: false);
        while (reader.TryRead(out Envelope envelope))
        {
            if (envelope.Kind is not (EnvelopeKind.Call or EnvelopeKind.Notification)) continue;
            var call = new ScriptedCall(
                _clock.Now,
                envelope.Method!,
                envelope.Value.IsEmpty ? default : RawJson.Copy(envelope.Value),
                envelope.Kind == EnvelopeKind.Call ? RawJson.Copy(envelope.IdJson) : null);
            lock (_gate) _received.Add(call);
            if (call.Id is { } id) Answer(connection, call, id);
        }
    }

    private void Answer(FrameConnection connection, ScriptedCall call, RawJson id)
    {
        var answer = new ScriptedAnswer();
        if (_script.TryGetValue(call.Method, out ScriptedAnswers? answers) || _script.TryGetValue("*", out answers)) answers.Next(call, answer);
        else answer.Result($"\"{(EndPoint is InMemoryEndPoint named ? named.Name : EndPoint)}\"");
        if (answer.Delay == TimeSpan.Zero) answer.Give(connection, id);
        else _clock.After(answer.Delay, () => answer.Give(connection, id));
    }

    private void Forget(FrameConnection connection)
    {
        lock (_gate) _open.Remove(connection);
    }
}
