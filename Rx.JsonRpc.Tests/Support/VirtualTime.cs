using System.Reactive;
using Microsoft.Reactive.Testing;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>Short words for virtual-time tests: ticks are ticks, and a subscription is made at 200 and disposed at 1000 unless said.</summary>
internal static class VirtualTime
{
    public static Recorded<Notification<T>> OnNext<T>(long at, T value) => ReactiveTest.OnNext(at, value);

    public static Recorded<Notification<T>> OnCompleted<T>(long at) => ReactiveTest.OnCompleted<T>(at);

    public static Recorded<Notification<T>> OnError<T>(long at, Exception error) => ReactiveTest.OnError<T>(at, error);

    public static Subscription Subscribed(long from, long to = Subscription.Infinite) => new(from, to);
}
