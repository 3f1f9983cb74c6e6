using System.Diagnostics.CodeAnalysis;

namespace Rx.JsonRpc.Servers;

internal partial class RequestTrail
{
    /// <summary>Nobody wants to know the attempts of the sealed trail; those who were told them keep them.</summary>
    public void Forget()
    {
        AttemptList? ended = _ended;
        _ended = null;
        if (!_told) ended?.Recycle();
    }

    /// <summary>Its request has told its reply, on this thread, and does not look at it any more.</summary>
    public void Done() => _done.Set();

    /// <summary>Begins, as new.</summary>
    [MemberNotNull(nameof(Terms))]
    protected void Begin(RequestTerms terms)
    {
        Terms = terms;
        Limit = TimeLimit.Of(terms.Policy, terms.Clock);
        _hedge = terms.NewHedge();
        HedgeAfter = _hedge?.After() ?? TimeSpan.MaxValue;
        _subscribedAt = terms.Stopwatch.Elapsed;
        terms.ReplayTokens.CountRequest();
    }

    /// <summary>Makes it as good as new, if nobody knows it any more. That is so behind the reply to the only attempt that could be made.</summary>
    protected bool TryReset()
    {
        bool alone = _begun == 1 && _hedge is null && Terms.Policy is { Retries: 0, WhenDisconnected: WhenDisconnected.FailFast };
        if (!alone || !_done.IsHere) return false;
        Terms = null!;
        _ended = null;
        _begun = 0;
        _told = false;
        _mayHaveRun = false;
        _laterRound = false;
        _foundLeaving = false;
        _hedgePaid = false;
        _sealed = false;
        _done = default;
        LastError = null;
        BudgetSpent = false;
        NotWaited = null;
        return true;
    }
}
