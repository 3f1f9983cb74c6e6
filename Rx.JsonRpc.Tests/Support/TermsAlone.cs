using System.IO.Pipelines;
using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>The terms of a request without a client: each failure may be followed by another attempt, and no budget bounds them.</summary>
internal sealed class TermsAlone(TestScheduler? clock = null) : RequestTerms
{
    private readonly TestScheduler _clock = clock ?? new TestScheduler();

    public HedgePlan? Hedge { get; init; }

    public ReplayTokens Tokens { get; init; } = new(RetryBudget.Off);

    public RequestPolicy Own { get; init; } = RequestPolicy.Default;

    public override string Method => "m";

    public override bool Idempotent => true;

    public override RequestPolicy Policy => Own;

    public override OpenRequests OpenRequests => throw new NotSupportedException("A trail enters nowhere.");

    public override ReplayTokens ReplayTokens => Tokens;

    /// <summary>What the request is measured by; one of its own unless a test lets several share one, as the requests of a client do.</summary>
    public IStopwatch? Watch { get; init; }

    public override IStopwatch Stopwatch => Watch ?? (field ??= _clock.StartStopwatch());

    public override IScheduler Clock => _clock;

    public override RequestRecorder? Recorder => null;

    public override Continuations Continuations { get; } = new(PipeScheduler.Inline);

    public override void Report(Exception thrown) => throw new NotSupportedException("No observer throws here.", thrown);

    public override HedgePlan? NewHedge() => Hedge;
}
