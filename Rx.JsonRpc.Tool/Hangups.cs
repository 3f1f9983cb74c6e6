using System.Reactive.Disposables;

namespace Rx.JsonRpc.Tool;

/// <summary>SIGHUP on its way to a command that reads its configuration again.</summary>
internal sealed class Hangups
{
    private Action? _take;

    /// <summary>From now on each SIGHUP calls this, on any thread.</summary>
    public IDisposable Take(Action take)
    {
        Volatile.Write(ref _take, take);
        return Disposable.Create(() => Volatile.Write(ref _take, null));
    }

    /// <returns>Whether the command takes it.</returns>
    public bool TryRaise()
    {
        Action? take = Volatile.Read(ref _take);
        take?.Invoke();
        return take is not null;
    }
}
