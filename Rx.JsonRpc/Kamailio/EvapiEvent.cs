namespace Rx.JsonRpc.Kamailio;

/// <summary>What an event asks for.</summary>
internal enum EvapiEventKind
{
    Unknown,
    Request,
    Notify,
}

/// <summary>One event of Kamailio's script as its reader found it; nothing of the frame is kept but names.</summary>
internal struct EvapiEvent
{
    public EvapiEventKind Kind;
    public uint? Index;
    public uint? Label;
    public long? Token;
    public string? Method;
    public string? ReturnRoute;
    public string? ErrorRoute;
    public string? Pool;
    public long? TimeoutMs;
    public long? DeadlineMs;
    public bool Idempotent;
    public bool Details;

    /// <summary>Where the value of <c>params</c> lies in the frame; the length is 0 when there is none.</summary>
    public int ParamsStart;
    public int ParamsLength;
    public bool ParamsAreText;

    /// <summary>How many bytes a transaction keeps of the event: the frame, and the text of its parameters once more.</summary>
    public readonly int KeptBytes(int frameBytes) => frameBytes + (ParamsAreText ? ParamsLength : 0);

    /// <summary>The first thing that is wrong with the event; null when nothing is.</summary>
    public string? Fault;
}
