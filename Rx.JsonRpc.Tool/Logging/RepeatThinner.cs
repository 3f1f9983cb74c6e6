namespace Rx.JsonRpc.Tool.Logging;

/// <summary>
/// Thins what repeats: the first event of a subject and kind passes at once, the next ones at growing intervals, each with the number of
/// those that were left out. The last event of a subject is never left out for good. Not thread-safe.
/// </summary>
internal sealed class RepeatThinner<T>
    where T : class, ILogEvent<T>
{
    private const int Growth = 3;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    // After so long without one, the next one is news.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Repeats> _subjects = [];

    /// <summary>The event to print now; null when it is left out for the moment.</summary>
    public T? Offer(T happened, DateTimeOffset now)
    {
        if (happened.Subject is not { } subject) return happened;
        if (!_subjects.TryGetValue(subject, out Repeats? repeats)) _subjects.Add(subject, repeats = new Repeats());
        return repeats.Offer(happened, now);
    }

    /// <summary>The events whose interval has passed since they were left out.</summary>
    public IReadOnlyList<T> Due(DateTimeOffset now)
    {
        var due = new List<T>();
        foreach ((string subject, Repeats repeats) in _subjects)
        {
            if (repeats.Due(now) is { } last) due.Add(last);
            // Dictionary allows the removal while it is walked.
            else if (repeats.IsOver(now)) _subjects.Remove(subject);
        }
        return due;
    }

    /// <summary>Everything that is left out so far.</summary>
    public IReadOnlyList<T> Rest() => [.. _subjects.Values.Select(repeats => repeats.Take()).OfType<T>()];

    private sealed class Repeats
    {
        private readonly Dictionary<string, (DateTimeOffset Next, TimeSpan Interval, DateTimeOffset Seen)> _kinds = [];
        private T? _last;
        private long _leftOut;

        public T? Offer(T happened, DateTimeOffset now)
        {
            bool isKnown = _kinds.TryGetValue(happened.Kind, out (DateTimeOffset Next, TimeSpan Interval, DateTimeOffset Seen) kind);
            if (!isKnown || now - kind.Seen > Quiet) kind = (now, First, now);
            _kinds[happened.Kind] = kind with { Seen = now };
            _last = happened;
            _leftOut++;
            return Due(now);
        }

        public T? Due(DateTimeOffset now)
        {
            if (_last is null) return null;
            (DateTimeOffset Next, TimeSpan Interval, DateTimeOffset Seen) kind = _kinds[_last.Kind];
            if (now < kind.Next) return null;
            TimeSpan next = kind.Interval * Growth;
            _kinds[_last.Kind] = (now + kind.Interval, next < Longest ? next : Longest, kind.Seen);
            return Take();
        }

        public T? Take()
        {
            T? last = _last?.After(_leftOut - 1);
            _last = null;
            _leftOut = 0;
            return last;
        }

        public bool IsOver(DateTimeOffset now) => _last is null && _kinds.Values.All(kind => now >= kind.Next && now - kind.Seen > Quiet);
    }
}
