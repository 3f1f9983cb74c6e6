namespace Rx.JsonRpc.Tool.Demo;

/// <summary>A piece of work that waits for its reply, as a SIP transaction would; it counts how often it is resumed.</summary>
internal sealed class SuspendedWork(int id)
{
    private int _resumed;

    public int Id => id;

    public int Resumed => Volatile.Read(ref _resumed);

    /// <summary>Who answered; null when nobody did.</summary>
    public string? AnsweredBy { get; private set; }

    /// <summary>Whether more than one server was tried before the answer.</summary>
    public bool Moved { get; private set; }

    /// <summary>Whether it was in flight on a server when that died.</summary>
    public bool WasInFlight { get; private set; }

    /// <summary>Why there was no answer; empty when there was.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The continuation.</summary>
    public void Resume(Outcome<Located> outcome)
    {
        bool right = outcome is { Kind: OutcomeKind.Result, Result.Id: var answered } && answered == id;
        AnsweredBy = right ? outcome.Result!.By : null;
        Reason = right ? "" : outcome.ToString();
        Moved = outcome.Attempts.Count > 1;
        WasInFlight = outcome.Attempts.Any(attempt => attempt.End == AttemptEnd.ConnectionLost);
        Interlocked.Increment(ref _resumed);
    }
}
