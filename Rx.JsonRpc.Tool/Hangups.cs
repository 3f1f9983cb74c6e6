using System.Reactive.Disposables;

namespace Rx.JsonRpc.Tool;

/// <summary>SIGHUP on its way to a command that reads its configuration again.</summary>
internal sealed class Hangups
{
    private readonly Lock _gate = new();
    private Action? _take;
    private bool _isMissed;

    /// <summary>From now on each SIGHUP calls this, on any thread; those that came before call it once, at once.</summary>
    public IDisposable Take(Action take)
    {
        bool isMissed;
        lock (_gate)
        {
            _take = take;
            isMissed = _isMissed;
            _isMissed = false;
        }
        if (isMissed) take();
        return Disposable.Create(Forget);
    }

    /// <returns>Whether the command takes it.</returns>
    public bool TryRaise()
    {
        Action? take;
        lock (_gate)
        {
            take = _take;
            _isMissed |= take is null;
        }
        take?.Invoke();
        return take is not null;
    }

    private void Forget()
    {
        lock (_gate) _take = null;
    }
}
