using System.IO.Pipelines;
using System.Runtime.ExceptionServices;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// Where observers are called. What they throw is caught where they are called, see <see cref="Guarded{T}"/>. Any other exception is a
/// fault of this library and stays unhandled: inline, too, it must not unwind into the reader of a connection, where it would pass for a
/// lost connection.
/// </summary>
internal sealed class Continuations
{
    private readonly PipeScheduler _scheduler;
    private readonly bool _inline;
    private readonly bool _pool;

    public Continuations(PipeScheduler scheduler)
    {
        _scheduler = scheduler;
        _inline = ReferenceEquals(scheduler, PipeScheduler.Inline);
        _pool = ReferenceEquals(scheduler, PipeScheduler.ThreadPool);
    }

    /// <summary>Whether observers are called on the reader itself: they have promised not to block there.</summary>
    public bool AreInline => _inline;

    /// <summary>
    /// These, if they are called on the thread pool; otherwise null. Nothing that has to happen may queue up behind continuations on a
    /// host's own scheduler: one that blocks would hold it up for ever.
    /// </summary>
    public Continuations? IfOnThreadPool => _pool ? this : null;

    /// <summary>Has the item executed; on the thread pool that takes no object beside the item.</summary>
    public void Schedule(IThreadPoolWorkItem item)
    {
        if (_pool) ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        else Schedule(static item => ((IThreadPoolWorkItem)item!).Execute(), item);
    }

    public void Schedule(Action<object?> action, object state)
    {
        if (!_inline)
        {
            _scheduler.Schedule(action, state);
            return;
        }
        try
        {
            action(state);
        }
        catch (Exception thrown)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static captured => captured.Throw(), ExceptionDispatchInfo.Capture(thrown), preferLocal: false);
        }
    }
}
