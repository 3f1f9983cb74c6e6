using System.Reactive.Concurrency;
using System.Reactive.Linq;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace Rx.JsonRpc.Bench;

/// <summary>What it costs to move on: the first attempt fails, the next one is answered; against what System.Reactive has for it.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class OperatorsOnFailure
{
    private static readonly string[][] Groups = [["a"], ["b"]];

    private readonly IScheduler _clock = RealTime.Scheduler;
    private readonly Answered<int> _answer = new(7);
    private readonly Answered<int> _failure = new(0, new TimeoutException());
    private readonly EverySecond _everySecond = new();

    /// <summary>Ours.</summary>
    [Benchmark, BenchmarkCategory("failover")]
    public IDisposable FailoverByPriority() => End(Groups.FailoverByPriority(Attempt));

    /// <summary>System.Reactive's.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("failover")]
    public IDisposable RxCatch() => End(Groups.SelectMany(group => group).Select(Attempt).Catch());

    /// <summary>Ours, without a wait.</summary>
    [Benchmark, BenchmarkCategory("retry")]
    public IDisposable RetryWithBackoff() => End(_everySecond.RetryWithBackoff(1, Backoff.None, _clock));

    /// <summary>System.Reactive's.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("retry")]
    public IDisposable RxRetry() => End(_everySecond.Retry(2));

    private IObservable<int> Attempt(string server) => server == "a" ? _failure : _answer;

    private static IDisposable End(IObservable<int> source) => source.Subscribe(Ignoring<int>.Instance);

    /// <summary>Fails and answers in turn.</summary>
    private sealed class EverySecond : IObservable<int>
    {
        private readonly Answered<int> _answer = new(7);
        private readonly Answered<int> _failure = new(0, new TimeoutException());
        private bool _answers;

        public IDisposable Subscribe(IObserver<int> observer)
        {
            bool answers = _answers;
            _answers = !answers;
            return (answers ? _answer : _failure).Subscribe(observer);
        }
    }
}
