using System.Reactive.Concurrency;
using System.Reactive.Linq;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace Rx.JsonRpc.Bench;

/// <summary>
/// What each operator costs a request that is answered at once, built and subscribed; against what System.Reactive has for it. The
/// source alone costs a nanosecond or two and no byte.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class OperatorsOnAnswer
{
    private static readonly TimeSpan Due = TimeSpan.FromMinutes(10);
    private static readonly string[][] Groups = [["a"], ["b"]];
    private static readonly ErrorCodes Codes = ErrorCodes.Parse("-32603");

    private readonly IScheduler _clock = RealTime.Scheduler;
    private readonly Answered<Reply<int>> _answer = new(new Reply<int> { Result = 7 });

    /// <summary>System.Reactive's.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("failover")]
    public IDisposable RxCatch() => End(Groups.SelectMany(group => group).Select(_ => _answer).Catch());

    /// <summary>Ours.</summary>
    [Benchmark, BenchmarkCategory("failover")]
    public IDisposable FailoverByPriority() => End(Groups.FailoverByPriority(_ => _answer));

    /// <summary>System.Reactive's.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("retry")]
    public IDisposable RxRetry() => End(_answer.Retry(2));

    /// <summary>Ours.</summary>
    [Benchmark, BenchmarkCategory("retry")]
    public IDisposable RetryWithBackoff() => End(_answer.RetryWithBackoff(1, Backoff.None, _clock));

    /// <summary>System.Reactive's.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("timeout")]
    public IDisposable RxTimeout() => End(_answer.Timeout(Due, _clock));

    /// <summary>Ours.</summary>
    [Benchmark, BenchmarkCategory("timeout")]
    public IDisposable Within() => End(_answer.Within(Due, _clock));

    /// <summary>System.Reactive's nearest.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("errors")]
    public IDisposable RxSelectMany() => End(_answer.SelectMany(
        reply => reply.Error is { } error ? Observable.Throw<Reply<int>>(new InvalidOperationException(error.Message)) : Observable.Return(reply)));

    /// <summary>Ours.</summary>
    [Benchmark, BenchmarkCategory("errors")]
    public IDisposable ErrorsAsFailures() => End(_answer.ErrorsAsFailures(Codes));

    /// <summary>System.Reactive's nearest.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("results")]
    public IDisposable RxSelect() => _answer.Select(reply => reply.Result).Subscribe(Ignoring<int>.Instance);

    /// <summary>Ours.</summary>
    [Benchmark, BenchmarkCategory("results")]
    public IDisposable Results() => _answer.Results().Subscribe(Ignoring<int>.Instance);

    /// <summary>System.Reactive's, all of them.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("recipe")]
    public IDisposable RxRecipe() => Groups.SelectMany(group => group)
        .Select(_ => _answer.Timeout(Due, _clock))
        .Catch()
        .Retry(2)
        .Timeout(Due, _clock)
        .Select(reply => reply.Result)
        .Subscribe(Ignoring<int>.Instance);

    /// <summary>Ours, all of them.</summary>
    [Benchmark, BenchmarkCategory("recipe")]
    public IDisposable Recipe() => Groups
        .FailoverByPriority(_ => _answer.Within(Due, _clock).ErrorsAsFailures(ErrorCodes.None))
        .RetryWithBackoff(1, Backoff.None, _clock)
        .Within(Due, _clock)
        .Results()
        .Subscribe(Ignoring<int>.Instance);

    private static IDisposable End(IObservable<Reply<int>> source) => source.Subscribe(Ignoring<Reply<int>>.Instance);
}
