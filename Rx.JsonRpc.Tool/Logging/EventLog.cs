using System.Threading.Channels;

namespace Rx.JsonRpc.Tool.Logging;

/// <summary>
/// What happens, on its way to the output. An output that is slow, full or closed neither holds up those that report nor fills the memory:
/// lines that it does not take are dropped and counted, and the next line that it takes says how many.
/// </summary>
/// <param name="most">How many may wait; above it the newest is dropped.</param>
/// <param name="level">The least important events that are printed. <see cref="LogLevel.Debug"/> thins nothing.</param>
/// <param name="lost">Makes the event that says how many lines were dropped.</param>
/// <param name="clock">The time.</param>
internal sealed class EventLog<T>(int most, LogLevel level, Func<long, T> lost, Func<DateTimeOffset> clock)
    where T : class, ILogEvent<T>
{
    private readonly Lock _gate = new();
    private readonly RepeatThinner<T> _thinner = new();
    // Null stands for no event: a try to say what was dropped.
    private readonly Channel<T?> _waiting = Channel.CreateBounded<T?>(new BoundedChannelOptions(most) { SingleReader = true });
    private long _dropped;
    private long _reported;

    /// <summary>How many lines were dropped, because too many waited or because the output failed.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>From any thread; never waits for the output.</summary>
    public void Add(T happened)
    {
        if (happened.Level > level) return;
        lock (_gate)
        {
            if (level == LogLevel.Debug) Queue(happened);
            else if (_thinner.Offer(happened, clock()) is { } news) Queue(news);
        }
    }

    /// <summary>Call it now and then: prints what was left out for long enough, and how many lines were dropped.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            foreach (T due in _thinner.Due(clock())) Queue(due);
        }
        if (Dropped > Volatile.Read(ref _reported)) _waiting.Writer.TryWrite(null);
    }

    /// <summary>Nothing more comes; what was left out is printed.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            foreach (T rest in _thinner.Rest()) Queue(rest);
        }
        _waiting.Writer.TryComplete();
    }

    /// <summary>Hands each event to the output, one at a time; completes after <see cref="Complete"/>, when nothing waits.</summary>
    /// <param name="write">Writes one event; an <see cref="IOException"/> drops it.</param>
    /// <remarks>On a thread of its own: an output that blocks must not take one of the pool's, of which a small machine has two.</remarks>
    public Task WriteAsync(Action<T> write) => Task.Factory.StartNew(
        () => WriteAll(write), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void WriteAll(Action<T> write)
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out T? happened)) TryWrite(happened, write);
        }
    }

    private void TryWrite(T? happened, Action<T> write)
    {
        try
        {
            long dropped = Dropped;
            if (dropped > _reported)
            {
                write(lost(dropped - _reported));
                Volatile.Write(ref _reported, dropped);
            }
            if (happened is not null) write(happened);
        }
        catch (IOException)
        {
            if (happened is not null) Interlocked.Increment(ref _dropped);
        }
    }

    private void Queue(T happened)
    {
        if (!_waiting.Writer.TryWrite(happened)) Interlocked.Increment(ref _dropped);
    }
}
