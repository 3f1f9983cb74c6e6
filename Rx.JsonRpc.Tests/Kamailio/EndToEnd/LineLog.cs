namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>The lines that a process writes. They can be waited for.</summary>
internal sealed class LineLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Part, int Times, TaskCompletionSource Seen)> _awaited = [];

    public string[] Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    public void Add(string? line)
    {
        if (line is null) return;
        lock (_gate)
        {
            _lines.Add(line);
            foreach ((string part, int times, TaskCompletionSource seen) in _awaited)
            {
                if (line.Contains(part, StringComparison.Ordinal) && CountLocked(part) >= times) seen.TrySetResult();
            }
            _awaited.RemoveAll(waits => waits.Seen.Task.IsCompleted);
        }
    }

    public int Count(string part)
    {
        lock (_gate) return CountLocked(part);
    }

    /// <summary>Completes when so many lines hold the text.</summary>
    public async Task Contains(string part, int times = 1)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (CountLocked(part) >= times) return;
            _awaited.Add((part, times, seen));
        }
        try
        {
            await seen.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"'{part}' did not come {times} times within {Patience}; the last lines are:\n{string.Join('\n', Lines.TakeLast(20))}");
        }
    }

    private int CountLocked(string part) => _lines.Count(line => line.Contains(part, StringComparison.Ordinal));
}
