namespace Resuming;

internal sealed record GetUser(int Id);

internal sealed record User(int Id, string Name);

/// <summary>Suspended work: it must be resumed, and never twice.</summary>
internal sealed class Transaction(string name)
{
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _times;
    private string _answer = "none";

    public Task Resumed => _resumed.Task;

    public int Times => Volatile.Read(ref _times);

    public void Reply(int code, string reason)
    {
        Interlocked.Increment(ref _times);
        _answer = $"{code} {reason}";
        _resumed.TrySetResult();
    }

    public override string ToString() => $"{name}: {_answer}, resumed {Times} time(s)";
}
