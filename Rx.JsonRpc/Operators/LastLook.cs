namespace Rx.JsonRpc;

/// <summary>
/// When a timeout that is due looks again instead of failing: while what has been received is not read yet or told yet, and once more
/// when the client was late to look, for as long as it was late.
/// </summary>
internal struct LastLook
{
    /// <summary>A client that looks later than this is late, whatever the timeout.</summary>
    public static readonly TimeSpan MostTolerance = TimeSpan.FromMilliseconds(50);

    /// <summary>A request ends in the end, also in a client that does not get to read any more.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LeastTolerance = TimeSpan.FromMilliseconds(20);

    private TimeSpan _firstDue;
    private bool _extended;

    /// <summary>Whether it has been due.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>Notes that it is due.</summary>
    /// <param name="dueAt">When it was to be.</param>
    public void Begin(TimeSpan dueAt)
    {
        if (!IsBegun) _firstDue = dueAt;
        IsBegun = true;
    }

    /// <summary>Until when it waits before it looks again; zero when it fails now.</summary>
    /// <param name="look">Where it looks.</param>
    /// <param name="limit">The timeout.</param>
    /// <param name="dueAt">When it was due this time.</param>
    /// <param name="now">The time.</param>
    public TimeSpan Again(ILastLook look, TimeSpan limit, TimeSpan dueAt, TimeSpan now)
    {
        TimeSpan tolerance = Clamp(limit / 10, LeastTolerance, MostTolerance);
        TimeSpan late = now - _firstDue;
        if (late < Longest)
        {
            if (look.MayBeReceived()) return Pause;
            if (!_extended && now - dueAt > tolerance)
            {
                _extended = true;
                return Clamp(now - dueAt, tolerance, limit);
            }
        }
        if (late > tolerance) look.ClientWasLate(late);
        return TimeSpan.Zero;
    }

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
