namespace Rx.JsonRpc.Servers;

internal partial class RequestTrail
{
    /// <summary>What is known of the attempts under way, for the limit of the whole request.</summary>
    public bool AwaitsReply => AnyOpen(static attempt => attempt.AwaitsReply);

    public bool ComesByThreadPool => AnyOpen(static attempt => attempt.ComesByThreadPool);

    public bool MayBeReceived() => AnyOpen(static attempt => attempt.MayBeReceived());

    public void ClientWasLate(TimeSpan late)
    {
        AttemptRecord? latest;
        lock (this) latest = _open;
        for (AttemptRecord? open = latest; open is not null; open = open.Earlier) open.ClientWasLate(late);
    }

    private bool AnyOpen(Func<AttemptRecord, bool> holds)
    {
        lock (this)
        {
            for (AttemptRecord? open = _open; open is not null; open = open.Earlier)
            {
                if (holds(open)) return true;
            }
        }
        return false;
    }
}
