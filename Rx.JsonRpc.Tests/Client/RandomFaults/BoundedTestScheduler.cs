using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;

namespace Rx.JsonRpc.Tests.Client.RandomFaults;

/// <summary>A virtual clock that fails, instead of running for ever, when timers only make further timers.</summary>
internal sealed class BoundedTestScheduler : TestScheduler
{
    private const int Most = 1_000_000;

    private int _run;

    protected override IScheduledItem<long>? GetNext()
    {
        if (++_run > Most) throw new InvalidOperationException($"More than {Most} things were scheduled: there is no end to them.");
        return base.GetNext();
    }
}
