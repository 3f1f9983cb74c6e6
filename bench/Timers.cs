using System.Reactive.Concurrency;
using System.Reactive.Linq;
using BenchmarkDotNet.Attributes;

namespace Rx.JsonRpc.Bench;

/// <summary>A timeout is armed and disarmed, as for a request that is answered in time, while others are pending; the floor is one timer for each.</summary>
[MemoryDiagnoser]
public class Timers
{
    private static readonly TimeSpan Due = TimeSpan.FromMinutes(30);
    private static readonly TimerCallback Nothing = static _ => { };

    private readonly IScheduler _clock = RealTime.Scheduler;
    private readonly TimerQueue _timers = new(RealTime.Scheduler);
    private readonly IObservable<int> _never = Observable.Never<int>();
    private readonly Answering _answering = new();
    private readonly List<IDisposable> _pending = [];

    /// <summary>How many timeouts of the same kind are pending meanwhile.</summary>
    [Params(0, 1_000, 1_000_000)]
    public int Pending { get; set; }

    /// <summary>A timer for each request.</summary>
    [Benchmark(Baseline = true)]
    public void ThreadingTimer() => ArmTimer().Dispose();

    /// <summary>What an <c>async</c> caller does.</summary>
    [Benchmark]
    public void CancelAfter() => ArmCancellation().Dispose();

    /// <summary>Our operator on the clock that a client has by default.</summary>
    [Benchmark]
    public void Within() => ArmWithin().Dispose();

    /// <summary>The same as a client's requests use it: all of them share one timer, and what was answered serves the next one.</summary>
    [Benchmark]
    public void WithinOnce() => _answering.Answer(_answering.WithinOnce(Due, _timers));

    /// <summary>System.Reactive's operator on the same clock.</summary>
    [Benchmark]
    public void RxTimeout() => ArmRxTimeout().Dispose();

    /// <summary>Arms what is pending.</summary>
    [GlobalSetup(Target = nameof(ThreadingTimer))]
    public void FillTimers() => Fill(ArmTimer);

    /// <summary>Arms what is pending.</summary>
    [GlobalSetup(Target = nameof(CancelAfter))]
    public void FillCancellations() => Fill(ArmCancellation);

    /// <summary>Arms what is pending.</summary>
    [GlobalSetup(Target = nameof(Within))]
    public void FillWithin() => Fill(ArmWithin);

    /// <summary>Arms what is pending.</summary>
    [GlobalSetup(Target = nameof(WithinOnce))]
    public void FillWithinOnce() => Fill(ArmWithinOnce);

    /// <summary>Arms what is pending.</summary>
    [GlobalSetup(Target = nameof(RxTimeout))]
    public void FillRxTimeout() => Fill(ArmRxTimeout);

    /// <summary>Disarms what is pending.</summary>
    [GlobalCleanup]
    public void Clear()
    {
        foreach (IDisposable pending in _pending) pending.Dispose();
        _pending.Clear();
    }

    private static Timer ArmTimer() => new(Nothing, null, Due, Timeout.InfiniteTimeSpan);

    private static CancellationTokenSource ArmCancellation()
    {
        var source = new CancellationTokenSource();
        source.CancelAfter(Due);
        return source;
    }

    private IDisposable ArmWithin() => _never.Within(Due, _clock).Subscribe(Ignoring<int>.Instance);

    private IDisposable ArmWithinOnce() => _never.WithinOnce(Due, _timers).Subscribe(Ignoring<int>.Instance);

    private IDisposable ArmRxTimeout() => _never.Timeout(Due, _clock).Subscribe(Ignoring<int>.Instance);

    private void Fill(Func<IDisposable> arm)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        _pending.Capacity = Pending;
        for (int i = 0; i < Pending; i++) _pending.Add(arm());
        if (Pending == 0) return;
        long bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / Pending;
        Console.WriteLine($"// {Pending} pending: {bytes} bytes each, 8 of them for the list that holds them");
    }

    /// <summary>A source that answers when it is told to, and an observer that disposes on the answer, as a request does.</summary>
    private sealed class Answering : IObservable<int>, IObserver<int>, IDisposable
    {
        private IObserver<int> _asker = Ignoring<int>.Instance;
        private IDisposable? _subscription;

        public IDisposable Subscribe(IObserver<int> observer)
        {
            _asker = observer;
            return this;
        }

        public void Answer(IObservable<int> bounded)
        {
            _subscription = bounded.Subscribe(this);
            _asker.OnNext(1);
        }

        public void OnNext(int value) => _subscription!.Dispose();

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }

        public void Dispose()
        {
        }
    }
}
