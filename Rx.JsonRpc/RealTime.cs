using System.Reactive.Concurrency;

namespace Rx.JsonRpc;

/// <summary>The clock of a client that was given none: the only place where the library chooses one.</summary>
internal static class RealTime
{
#pragma warning disable RS0030 // This is the default that everything else has to be given.
    public static IScheduler Scheduler => DefaultScheduler.Instance;
#pragma warning restore RS0030
}
