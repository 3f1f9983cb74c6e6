namespace Rx.JsonRpc.Servers;

/// <summary>An attempt that a function makes.</summary>
internal sealed class FunctionAttempt<T>(
    Server server, RequestTrail trail, RequestPolicy policy, Func<AttemptRecord, IObservable<Reply<T>>> attempt)
    : RecordedAttempt<T>(server, trail, policy)
{
    protected override IObservable<Reply<T>> Try() => attempt(this);
}
