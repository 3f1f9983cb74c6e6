using System.Globalization;
using System.Net;
using System.Reactive.Linq;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What served a request serves another one: whatever ends beside it, none may hear of another's end.</summary>
public class ServingAgainTests
{
    private const int Callers = 4;
    private const int Rounds = 4_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static TheoryData<RequestPolicy> Policies =>
    [
        // Many of these timeouts run out about when the answer comes.
        new RequestPolicy { TryTimeout = TimeSpan.FromMilliseconds(2), TotalTimeout = TimeSpan.FromMilliseconds(5), Replay = Replay.Always },
        new RequestPolicy { TryTimeout = TimeSpan.FromMilliseconds(5), TotalTimeout = TimeSpan.FromMilliseconds(5), Retries = 1 },
        new RequestPolicy { Hedge = Hedge.After(TimeSpan.FromMilliseconds(1)), Replay = Replay.Always, TotalTimeout = TimeSpan.FromMilliseconds(10) },
        new RequestPolicy { RetryOn = ErrorCodes.Parse("-32000"), TotalTimeout = TimeSpan.FromMilliseconds(10), Replay = Replay.Always },
    ];

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task Request_AnsweredCancelledLateAndRefusedAtRandom_HearsItsOwnEndOnly(RequestPolicy policy)
    {
        await using JsonRpcListener first = Echo();
        await using JsonRpcListener second = Echo();
        var options = new JsonRpcClientOptions
        {
            Servers = ServerList.Parse($"{first.LocalEndPoint} {second.LocalEndPoint}"),
            Policy = policy,
            Breaker = new BreakerOptions { Enabled = false },
        };
        await using var client = new JsonRpcClient(options);

        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Factory.StartNew(() => Call(client, caller), TaskCreationOptions.LongRunning))];
        await Task.WhenAll(callers).WaitAsync(Limit);

        // Nothing of an earlier request is left that ends a later one.
        for (int i = 0; i < 1000; i++)
        {
            string value = i.ToString(CultureInfo.InvariantCulture);
            Reply<RawJson> reply = await client.Call("echo", RawJson.Parse($"[{value}]"), new RequestPolicy { TryTimeout = Limit, TotalTimeout = Limit });
            Assert.Equal(reply.IsError ? "" : value, reply.Result.ToString());
        }
    }

    private static void Call(JsonRpcClient client, int caller)
    {
        var random = new Random(caller);
        var open = new CountdownEvent(1);
        var faults = new List<string>();
        for (int round = 0; round < Rounds; round++)
        {
            string value = (caller * Rounds + round).ToString(CultureInfo.InvariantCulture);
            bool cancels = random.Next(4) == 0;
            int ends = 0;
            if (!cancels) open.AddCount();
            IDisposable request = client.Request("echo", RawJson.Parse($"[{value}]")).Subscribe(
                answer =>
                {
                    if (answer.ToString() != value) Fault($"{value} was answered with {answer}");
                },
                failure =>
                {
                    if (failure is not (RequestTimeoutException or NoServerException or ErrorReplyException)) Fault($"{value} failed: {failure}");
                    End();
                },
                End);
            if (cancels)
            {
                Thread.SpinWait(random.Next(2_000));
                request.Dispose();
            }
            else if (random.Next(3) == 0)
            {
                // Late: it must end nobody else's request.
                Thread.SpinWait(random.Next(20_000));
                if (Volatile.Read(ref ends) == 1) request.Dispose();
            }

            void End()
            {
                if (Interlocked.Increment(ref ends) != 1) Fault($"{value} ended twice");
                else if (!cancels) open.Signal();
            }
        }
        open.Signal();
        Assert.True(open.Wait(Limit), $"{open.CurrentCount} requests never ended");
        Assert.Empty(faults);

        void Fault(string fault)
        {
            lock (faults) faults.Add(fault);
        }
    }

    private static JsonRpcListener Echo()
    {
        int calls = 0;
        MethodTable methods = new MethodTable().On("echo", parameters => Interlocked.Increment(ref calls) % 8 == 0
            ? throw new ErrorReplyException(new JsonRpcError(-32000, "busy"))
            : RawJson.Parse(parameters.ToString().Trim('[', ']')));
        return new JsonRpcListener(new IPEndPoint(IPAddress.Loopback, 0)).Start(methods);
    }
}
