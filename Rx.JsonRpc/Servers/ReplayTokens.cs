namespace Rx.JsonRpc.Servers;

/// <summary>The token bucket of a client's <see cref="RetryBudget"/>. No clock: the time is passed in.</summary>
internal sealed class ReplayTokens
{
    private readonly RetryBudget _budget;
    private readonly Lock _gate = new();
    private long _requests;
    private long _paidRequests;
    private TimeSpan _paidUntil;
    private double _tokens;

    public ReplayTokens(RetryBudget budget)
    {
        _budget = budget;
        _tokens = budget.Burst;
    }

    /// <summary>Every request calls it once. What it brings is reckoned up when a replay asks, so that this is one atomic step.</summary>
    public void CountRequest()
    {
        if (_budget.Enabled) Interlocked.Increment(ref _requests);
    }

    /// <summary>Takes the token of one replay; false when there is none.</summary>
    public bool TryTake(TimeSpan now)
    {
        if (!_budget.Enabled) return true;
        lock (_gate)
        {
            EarnLocked(now);
            if (_tokens < 1) return false;
            _tokens--;
            return true;
        }
    }

    /// <summary>Gives back the token of a replay that was not sent.</summary>
    public void GiveBack()
    {
        lock (_gate) _tokens = Math.Min(_budget.Burst, _tokens + 1);
    }

    private void EarnLocked(TimeSpan now)
    {
        long requests = Interlocked.Read(ref _requests);
        // Two threads can bring their times in the wrong order; time that has been paid for is not paid twice.
        TimeSpan passed = now > _paidUntil ? now - _paidUntil : TimeSpan.Zero;
        double earned = _budget.Ratio * (requests - _paidRequests) + _budget.PerSecond * passed.TotalSeconds;
        _tokens = Math.Min(_budget.Burst, _tokens + earned);
        _paidRequests = requests;
        _paidUntil += passed;
    }
}
