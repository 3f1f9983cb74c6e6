namespace Rx.JsonRpc.Servers;

/// <summary>What one subscription of a request needs on its way: when it began, and its attempts so far. Shared with nobody.</summary>
/// <remarks>
/// Attempts overlap when the request is hedged, and the end of the request does not wait for them: a limit of time ends it on the clock's thread while a reply
/// comes in on the reader's. So the trail has a lock, which is itself, for no observer ever gets hold of it; and it is sealed before it is told.
/// </remarks>
internal partial class RequestTrail : ILastLook
{
    // Retries for ever must not grow the list for ever: the oldest attempts go first.
    private const int MostKept = 1000;

    private HedgePlan? _hedge;
    private TimeSpan _subscribedAt;
    private AttemptList? _ended;
    private bool _told;
    // The attempts under way, the latest first: each knows the one before it.
    private AttemptRecord? _open;
    private int _begun;
    private bool _mayHaveRun;
    private bool _laterRound;
    private bool _foundLeaving;
    private bool _hedgePaid;
    private bool _sealed;
    private ThreadMark _done;

    public RequestTrail(RequestTerms terms) => Begin(terms);

    /// <summary>What the request goes by.</summary>
    public RequestTerms Terms { get; private set; }

    public string Method => Terms.Method;

    public TimeLimit Limit { get; private set; }

    /// <summary>How long a try is alone before the request is hedged; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan HedgeAfter { get; private set; }

    /// <summary>Pays for the attempt that begins next, beside another one; false when the budget is spent. Null when there is no hedge.</summary>
    public Func<bool>? MayHedge => _hedge is null ? null : TryPayForHedge;

    /// <summary>The error reply that the policy counts as a failure, when the last decisive attempt ended with one.</summary>
    public JsonRpcError? LastError { get; private set; }

    /// <summary>The attempts that have ended, in the order in which they began; read them from several threads only when the trail is sealed.</summary>
    public IReadOnlyList<Attempt> Attempts
    {
        get
        {
            _told = true;
            return _ended ?? (IReadOnlyList<Attempt>)[];
        }
    }

    public TimeSpan Elapsed => Now - _subscribedAt;

    /// <summary>When its limit is over, by the client's stopwatch: of two requests with one limit, later for the later one.</summary>
    public TimeSpan DueAt => _subscribedAt.PlusCapped(Limit.Due);

    private TimeSpan Now => Terms.Stopwatch.Elapsed;

    /// <summary>Whether the request ended because its next attempt could not be paid for.</summary>
    public bool BudgetSpent { get; private set; }

    /// <summary>Why it could not wait for a server; then it ends.</summary>
    public string? NotWaited { get; private set; }

    /// <summary>Guards failover and retry rounds alike. A whole round that failed comes here too: what follows is a later round.</summary>
    public bool MayMove(Exception failure)
    {
        if (failure is AggregateException) _laterRound = true;
        if (failure is ServerUnavailableException { Refusal.IsLeaving: true }) _foundLeaving = true;
        return !BudgetSpent && NotWaited is null && Terms.MayMove(failure);
    }

    /// <summary>
    /// Once for each round in which a server said that it leaves: it did not run the request and is asked no more, so the round has found
    /// one server less than it counted on, and one that was away when the round began may have come back.
    /// </summary>
    public bool MayGoRoundAgain()
    {
        bool again = _foundLeaving;
        _foundLeaving = false;
        return again;
    }

    /// <summary>Whether its round sends nothing, because other requests have waited longer.</summary>
    public bool MustFollow { get; set; }

    public void RefuseToWait(string reason) => NotWaited = reason;

    /// <summary>False when the next attempt is a replay and the client's budget is spent: then the request ends.</summary>
    public bool TryBegin(AttemptRecord record, TimeSpan startedAfter)
    {
        lock (this)
        {
            bool replay = _hedgePaid || _mayHaveRun || _laterRound;
            if (!_sealed)
            {
                BudgetSpent = replay && !_hedgePaid && !Terms.ReplayTokens.TryTake(_subscribedAt + startedAfter);
                _hedgePaid = false;
                if (BudgetSpent) return false;
                record.Replay = replay;
                record.Earlier = _open;
                _open = record;
            }
            // Nobody ends an attempt that begins after the seal: it is born ended, so that it holds no probe ticket of its server.
            record.Ended = _sealed;
            if (_sealed) record.TakeBack();
            record.Number = ++_begun;
            record.StartedAfter = startedAfter;
            return true;
        }
    }

    /// <summary>The limit ends what is under way.</summary>
    public void EndAtLimit()
    {
        // A later attempt had only what the earlier ones had left, and before a deadline the first had only what the caller had left: that
        // such an attempt was late says nothing about its server.
        Verdict verdict = _begun == 1 && !Limit.IsDeadline ? Verdict.Failed : Verdict.Nothing;
        EndAll(AttemptEnd.TimedOut, $"the request's {Limit.Name} ran out", verdict);
    }

    /// <summary>Ends every attempt that is under way.</summary>
    public void EndAll(AttemptEnd end, string reason = "", Verdict? verdict = null)
    {
        while (Volatile.Read(ref _open) is { } open) TryEnd(open, end, reason + open.LateInWords(), null, verdict);
    }

    /// <summary>The request has ended: nothing changes any more.</summary>
    public void Seal()
    {
        AttemptRecord? open;
        lock (this)
        {
            _sealed = true;
            open = _open;
            _open = null;
            // The second try that it was paid for does not begin any more.
            if (_hedgePaid) Terms.ReplayTokens.GiveBack();
            _hedgePaid = false;
        }
        for (; open is not null; open = open.Earlier) Judge(open, AttemptEnd.Cancelled, Verdict.Nothing, Now);
    }

    /// <summary>Ends an attempt. False when another did: then that one may be looking at it still.</summary>
    public bool TryEnd(AttemptRecord open, AttemptEnd end, string reason = "", JsonRpcError? error = null, Verdict? verdict = null, int? code = null)
    {
        TimeSpan now = Now;
        Attempt ended;
        lock (this)
        {
            if (!TryCloseLocked(open)) return false;
            open.TakeBack();
            ended = new Attempt
            {
                Server = open.Server.Address,
                StartedAfter = open.StartedAfter,
                Took = now - _subscribedAt - open.StartedAfter,
                Written = open.Written,
                Connected = open.Connected,
                End = end,
                ErrorCode = code ?? error?.Code,
                Reason = reason,
            };
            if (ended.Written == Written.MaybeExecuted)
            {
                _mayHaveRun = true;
                LastError = error;
            }
            _ended ??= AttemptList.New();
            // What the end of the request is told by stays, however many servers were away since.
            if (_ended.Count == MostKept) _ended.RemoveAt(_ended.LastDecisiveIndex() == 0 ? 1 : 0);
            int place = _ended.Count;
            while (place > 0 && _ended[place - 1].StartedAfter > ended.StartedAfter) place--;
            _ended.Insert(place, ended);
        }
        // A server that is quick to say that it is busy says nothing about how long an answer takes.
        if (error is null) _hedge?.Note(ended, HedgeAfter);
        Judge(open, end, verdict ?? VerdictOf(open, end), now);
        return true;
    }

    /// <summary>The last attempt that says something about the request, not only about a server that was away.</summary>
    public Attempt? LastDecisive() => _ended?.LastDecisiveIndex() is >= 0 and var index ? _ended[index] : null;

    /// <summary>Whether an attempt on that server has begun, in whichever round.</summary>
    public bool HasTried(Server server)
    {
        lock (this)
        {
            for (AttemptRecord? open = _open; open is not null; open = open.Earlier)
            {
                if (open.Server == server) return true;
            }
            return _ended is not null && _ended.Any(attempt => ReferenceEquals(attempt.Server.EndPoint, server.Address.EndPoint));
        }
    }

    private bool TryPayForHedge()
    {
        lock (this) return _hedgePaid = !_sealed && Terms.ReplayTokens.TryTake(Now);
    }

    private bool TryCloseLocked(AttemptRecord open)
    {
        if (_open == open)
        {
            _open = open.Earlier;
            return true;
        }
        for (AttemptRecord? later = _open; later is not null; later = later.Earlier)
        {
            if (later.Earlier != open) continue;
            later.Earlier = open.Earlier;
            return true;
        }
        return false;
    }

    private static Verdict VerdictOf(AttemptRecord attempt, AttemptEnd end) => end switch
    {
        AttemptEnd.Result or AttemptEnd.Error or AttemptEnd.Refused => Verdict.Alive,
        AttemptEnd.Faulty when attempt.Written == Written.MaybeExecuted => Verdict.Alive,
        AttemptEnd.TimedOut or AttemptEnd.ConnectionLost => Verdict.Failed,
        _ => Verdict.Nothing,
    };

    /// <summary>Settles what the attempt owes its budget and its server; without the lock, for the server tells its observers.</summary>
    private void Judge(AttemptRecord attempt, AttemptEnd end, Verdict verdict, TimeSpan now)
    {
        attempt.TakeBack();
        if (attempt is { Replay: true, Written: Written.NotWritten }) Terms.ReplayTokens.GiveBack();
        attempt.Ended = true;
        // Pairs with Server.Ask, which writes the ticket and then looks whether the attempt has ended.
        Interlocked.MemoryBarrier();
        attempt.Lost = end == AttemptEnd.ConnectionLost;
        if (attempt.ClientLate > TimeSpan.Zero && verdict == Verdict.Failed) verdict = Verdict.Nothing;
        attempt.Server.Judge(attempt, verdict, now, _subscribedAt + attempt.StartedAfter);
    }
}
