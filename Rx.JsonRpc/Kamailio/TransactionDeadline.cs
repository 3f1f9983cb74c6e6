namespace Rx.JsonRpc.Kamailio;

/// <summary>Resumes a transaction as a timeout when its deadline passes, whatever its host does or forgets.</summary>
internal sealed class TransactionDeadline(SuspendedTransaction transaction, TimerQueue timers) : TimerNode
{
    public void Arm(TimeSpan left) => timers.Arm(this, left);

    public void Disarm()
    {
        TryDisarm();
        GiveUpPlace();
    }

    internal override void OnDue() => transaction.Resume(Outcome<RawJson>.From(new TimeoutException("the deadline passed before the host answered")));
}
