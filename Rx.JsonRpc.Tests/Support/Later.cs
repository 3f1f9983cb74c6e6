using System.IO.Pipelines;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>Continuations that are kept until the test runs them.</summary>
internal sealed class Later : PipeScheduler
{
    private readonly Queue<(Action<object?> Action, object? State)> _waiting = new();

    public override void Schedule(Action<object?> action, object? state) => _waiting.Enqueue((action, state));

    public void Run()
    {
        while (_waiting.Count > 0) RunOne();
    }

    public void RunOne()
    {
        (Action<object?> action, object? state) = _waiting.Dequeue();
        action(state);
    }
}
