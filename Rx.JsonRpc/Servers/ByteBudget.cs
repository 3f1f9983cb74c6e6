namespace Rx.JsonRpc.Servers;

/// <summary>How many bytes may be held together. One holding always fits when nothing else is held.</summary>
internal sealed class ByteBudget(long most)
{
    private long _held;

    /// <summary>How many bytes are held.</summary>
    public long Held => Interlocked.Read(ref _held);

    public bool TryTake(int bytes)
    {
        long held = Interlocked.Add(ref _held, bytes);
        if (held <= most || held == bytes) return true;
        GiveBack(bytes);
        return false;
    }

    public void GiveBack(int bytes) => Interlocked.Add(ref _held, -bytes);
}
