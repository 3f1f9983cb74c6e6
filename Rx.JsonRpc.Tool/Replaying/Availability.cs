namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>When a recorded server was connected, as far as its attempts tell.</summary>
internal sealed class Availability
{
    private readonly List<(DateTimeOffset At, Evidence Seen)> _seen = [];

    private enum Evidence
    {
        Connected,
        Lost,
        Away,
    }

    /// <summary>Whether it was there at its first attempt.</summary>
    public bool StartsConnected => _seen is [(_, not Evidence.Away), ..];

    public void Add(RequestRecord record, in Attempt attempt)
    {
        DateTimeOffset start = record.StartedAt + attempt.StartedAfter;
        if (!attempt.Connected)
        {
            _seen.Add((start, Evidence.Away));
            return;
        }
        _seen.Add((start, Evidence.Connected));
        _seen.Add((start + attempt.Took, attempt.End == AttemptEnd.ConnectionLost ? Evidence.Lost : Evidence.Connected));
    }

    public void Sort() => _seen.Sort();

    /// <summary>
    /// The changes after the start. A lost connection goes when it was lost; every other change lies half way between the last attempt
    /// that saw it one way and the first that saw it the other.
    /// </summary>
    public IEnumerable<(DateTimeOffset At, bool Connected)> Changes()
    {
        if (_seen.Count == 0) yield break;
        bool connected = StartsConnected;
        DateTimeOffset last = _seen[0].At;
        foreach ((DateTimeOffset at, Evidence seen) in _seen)
        {
            if (seen == Evidence.Connected != connected)
            {
                connected = !connected;
                yield return (seen == Evidence.Lost ? at : last + ((at - last) / 2), connected);
            }
            last = at;
        }
    }
}
