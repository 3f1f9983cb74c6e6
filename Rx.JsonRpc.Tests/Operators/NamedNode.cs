namespace Rx.JsonRpc.Tests.Operators;

/// <summary>A node of a timer queue that tells its name when it is called.</summary>
internal sealed class NamedNode(string name, Action<string> called, Action? then = null) : TimerNode
{
    public string Name => name;

    internal override void OnDue()
    {
        called(name);
        then?.Invoke();
    }
}
