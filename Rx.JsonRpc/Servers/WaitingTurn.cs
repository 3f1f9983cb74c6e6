namespace Rx.JsonRpc.Servers;

/// <summary>One request in <see cref="WaitingRequests"/>: its place there, and what it does when it is called.</summary>
internal sealed class WaitingTurn : IComparable<WaitingTurn>, IDisposable
{
    private readonly WaitingRequests _line;
    private readonly ServerServices _services;
    private readonly RequestTrail _trail;
    private readonly TimeSpan _deadline;
    private long _newsBeforeRound;
    private long _number;
    private bool _called;
    private Action? _again;

    private WaitingTurn(ServerServices services, RequestTrail trail)
    {
        _services = services;
        _line = services.Waiting;
        _trail = trail;
        _deadline = trail.DueAt;
        _newsBeforeRound = _line.News();
        // It must not overtake those that wait already: its first round sends nothing, and leads to its place behind them.
        trail.MustFollow = _line.IsBusy;
    }

    /// <summary>What the recipe is to do about a round that found no server; null when the policy does not wait.</summary>
    public static Func<Exception, Action, IDisposable?>? Of(RequestTrail trail, RequestPolicy policy, ServerServices services) =>
        policy.WhenDisconnected == WhenDisconnected.FailFast ? null : new WaitingTurn(services, trail).Wait;

    public int CompareTo(WaitingTurn? other)
    {
        int byDeadline = _deadline.CompareTo(other!._deadline);
        return byDeadline != 0 ? byDeadline : _number.CompareTo(other._number);
    }

    /// <summary>The request does not wait any more: it is over, or makes its round.</summary>
    public void Dispose() => _line.Leave(this);

    /// <summary>Takes its place; the first one that it was given stays its own.</summary>
    public void EnterLocked(long number)
    {
        if (_number == 0) _number = number;
    }

    public void CallLocked() => _called = true;

    public bool TryEndCallLocked()
    {
        bool called = _called;
        _called = false;
        return called;
    }

    public void Go()
    {
        if (!_line.TryAnswerCall(this)) return;
        _newsBeforeRound = _line.News();
        _again!();
    }

    private WaitingTurn? Wait(Exception failure, Action again)
    {
        if (!ReplayRules.FoundNoServer(failure)) return null;
        _again = again;
        bool followed = _trail.MustFollow;
        _trail.MustFollow = false;
        if (_line.TryEnter(this, _newsBeforeRound))
        {
            // Room that it has left to those in front, and that they cannot use, would otherwise call nobody until there is news.
            if (followed && _services.Servers.Any(server => server.Room > 0)) _line.RoomForOne();
            return this;
        }
        _trail.RefuseToWait($"As many requests wait for a server as MaxWaitingRequests ({_line.Most}) allows, so it did not wait");
        return null;
    }
}
