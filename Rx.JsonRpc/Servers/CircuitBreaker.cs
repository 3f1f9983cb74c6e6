namespace Rx.JsonRpc.Servers;

/// <summary>What a call says about its server.</summary>
internal enum Verdict
{
    /// <summary>The server replied.</summary>
    Alive,

    /// <summary>A timeout or a lost connection, and nothing came from the server meanwhile.</summary>
    Failed,

    /// <summary>The same, but something came from the server meanwhile: it is alive, and late.</summary>
    Late,

    /// <summary>Nothing: it was cancelled or never sent.</summary>
    Nothing,
}

/// <summary>
/// Decides whether a server is asked: closed (yes), ejected (no, until its time is over), probing (no, one call is out to decide). No
/// clock: the time is passed in.
/// </summary>
/// <remarks>
/// The state is one number, its phase in the low bits, that never comes twice. A call is admitted under that number and counts only while
/// the number stands; so what was under way when the server was ejected does not meddle with its return.
/// </remarks>
internal sealed class CircuitBreaker
{
    /// <summary>The ticket of a call that was not admitted here and decides nothing: no state has that number.</summary>
    public const long NoTicket = -1;

    private const long Phases = 4;
    private const long Closed = 0;
    private const long Ejected = 1;
    private const long Probing = 2;

    private readonly BreakerOptions _options;
    private readonly Func<double> _random;
    private readonly BreakerGroups _groups;
    private readonly FailureWindow _window;
    private readonly Backoff _bounds;
    private long _state;
    private int _inARow;
    private TimeSpan _silentAt;
    private int _ejections;
    private TimeSpan _until;

    public CircuitBreaker(BreakerOptions options, Func<double> random, BreakerGroups groups)
    {
        _random = random;
        _options = options;
        _groups = groups;
        _window = new FailureWindow(options.Window);
        _bounds = new Backoff { First = options.FirstEjection, Max = options.MaxEjection };
    }

    /// <summary>Which group it is in, while it is in one; its groups' own.</summary>
    public int Priority { get; set; }

    public bool IsClosed => PhaseOf(Interlocked.Read(ref _state)) == Closed;

    /// <summary>Why the server was ejected last, and for how long.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>When the ejection is over, by the clock that is passed in; null when the server is not ejected.</summary>
    public TimeSpan? EjectedUntil
    {
        get
        {
            lock (_groups.Gate) return PhaseOf(_state) == Closed ? null : _until;
        }
    }

    /// <summary>True when the server may be asked, and under which number the verdict is to be given.</summary>
    /// <param name="now">The time.</param>
    /// <param name="mayProbe">Whether the call will have a reply to judge by.</param>
    /// <param name="ticket">The number; <see cref="NoTicket"/> when refused.</param>
    public bool TryAdmit(TimeSpan now, bool mayProbe, out long ticket)
    {
        ticket = Interlocked.Read(ref _state);
        if (PhaseOf(ticket) == Closed) return true;
        return TryProbe(now, mayProbe, out ticket);
    }

    public static bool IsProbe(long ticket) => PhaseOf(ticket) == Probing;

    /// <summary>Tells what became of a call; true when the server was ejected by it, or came back.</summary>
    /// <param name="ticket">The number under which it was admitted.</param>
    /// <param name="verdict">What it says.</param>
    /// <param name="now">The time.</param>
    /// <param name="heard">For a failure, when anything came from the server last.</param>
    public bool Judge(long ticket, Verdict verdict, TimeSpan now, TimeSpan heard = default)
    {
        if (Interlocked.Read(ref _state) != ticket) return false;
        if (IsProbe(ticket)) return JudgeProbe(ticket, verdict, now);
        if (!_options.Enabled || verdict == Verdict.Nothing) return false;
        bool failed = verdict is Verdict.Failed or Verdict.Late;
        _window.Add(failed, now);
        if (failed) return CountFailure(ticket, verdict == Verdict.Failed, now, heard);
        if (Volatile.Read(ref _inARow) != 0) Volatile.Write(ref _inARow, 0);
        return false;
    }

    private bool TryProbe(TimeSpan now, bool mayProbe, out long ticket)
    {
        lock (_groups.Gate)
        {
            ticket = _state;
            // It may have come back just now.
            if (PhaseOf(ticket) == Closed) return true;
            if (mayProbe && PhaseOf(ticket) == Ejected && now >= _until)
            {
                ticket = EnterLocked(Probing);
                return true;
            }
            ticket = NoTicket;
            return false;
        }
    }

    private bool JudgeProbe(long ticket, Verdict verdict, TimeSpan now)
    {
        lock (_groups.Gate)
        {
            if (_state != ticket) return false;
            switch (verdict)
            {
                case Verdict.Alive:
                    _ejections = 0;
                    _inARow = 0;
                    _window.Clear();
                    EnterLocked(Closed);
                    return true;
                case Verdict.Failed or Verdict.Late:
                    EjectLocked("its probe call failed", now);
                    return true;
                default:
                    // It decided nothing; its time is over already, so the next call is the probe.
                    EnterLocked(Ejected);
                    return false;
            }
        }
    }

    private bool CountFailure(long ticket, bool silent, TimeSpan now, TimeSpan heard)
    {
        lock (_groups.Gate)
        {
            if (_state != ticket) return false;
            // What came between two silent calls ends the row as a reply does.
            if (!silent || heard > _silentAt) Volatile.Write(ref _inARow, 0);
            _silentAt = now;
            int inARow = silent ? Interlocked.Increment(ref _inARow) : 0;
            if (inARow >= _options.ConsecutiveFailures)
            {
                EjectLocked($"{inARow} failures in a row", now);
                return true;
            }
            (long calls, long failures) = _window.Sum(now);
            if (calls < _options.MinimumCalls || failures < _options.FailureRate * calls || !_groups.MayEjectOneMoreLocked(Priority)) return false;
            EjectLocked($"{failures} of its last {calls} calls failed", now);
            return true;
        }
    }

    private void EjectLocked(string reason, TimeSpan now)
    {
        TimeSpan bound = _bounds.Delay(++_ejections, 1);
        TimeSpan wait = bound.PlusCapped(bound * (0.2 * _random()));
        _until = now.PlusCapped(wait);
        Reason = FormattableString.Invariant($"ejected by its circuit breaker for {wait.TotalSeconds:0.#} s: {reason}");
        EnterLocked(Ejected);
    }

    private long EnterLocked(long phase)
    {
        long next = (_state / Phases + 1) * Phases + phase;
        Interlocked.Exchange(ref _state, next);
        return next;
    }

    private static long PhaseOf(long state) => state % Phases;
}
