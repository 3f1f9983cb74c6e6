using System.Buffers;
using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc.Bench;

/// <summary>A request goes into the table and its reply takes it out, while others wait; against a dictionary and a counter.</summary>
[MemoryDiagnoser]
public class PendingTable
{
    private readonly ConcurrentDictionary<long, PendingRequest> _dictionary = new();
    private readonly Waiting _request = new();
    private PendingRequests _slots = new(65_536);
    private long _lastId;

    /// <summary>How many others wait meanwhile.</summary>
    [Params(0, 10_000)]
    public int InFlight { get; set; }

    /// <summary>Lets the others in.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _slots = new PendingRequests(65_536);
        _dictionary.Clear();
        for (int i = 0; i < InFlight; i++)
        {
            _slots.TryAdd(new Waiting());
            _dictionary.TryAdd(++_lastId, new Waiting());
        }
    }

    /// <summary>An array of slots, generations in the id.</summary>
    [Benchmark]
    public bool Slots()
    {
        _slots.TryAdd(_request);
        return _slots.Take(_request.Id, out _) is not null;
    }

    /// <summary>The same by a dictionary.</summary>
    [Benchmark(Baseline = true)]
    public bool Dictionary()
    {
        long id = Interlocked.Increment(ref _lastId);
        _dictionary.TryAdd(id, _request);
        return _dictionary.TryRemove(id, out _);
    }

    private sealed class Waiting : PendingRequest
    {
        public override bool HasLeft => true;

        public override void OnResult(in ReadOnlySequence<byte> json)
        {
        }

        public override void OnErrorReply(JsonRpcError error)
        {
        }

        public override void OnUnusable(string why)
        {
        }

        public override void OnLost(Exception failure)
        {
        }

        public override bool TryHandOver() => true;

        public override void Dropped()
        {
        }
    }
}
