namespace Rx.JsonRpc;

/// <summary>Nodes by the time of their next look, and by turn where that is equal: a binary heap in which each node knows its place. Not thread-safe.</summary>
/// <remarks>What is armed is usually due after all others, and is added in one step; taking out costs the logarithm of the count at most.</remarks>
internal sealed class TimerHeap
{
    // A burst may leave a large array behind; below this it is kept.
    private const int KeptLength = 1024;

    private Slot[] _nodes = new Slot[16];

    public int Count { get; private set; }

    /// <summary>The one to look at first.</summary>
    public TimerNode? First => _nodes[0].Node;

    /// <summary>All of them as they are now, in no order.</summary>
    public TimerNode[] ToArray()
    {
        var all = new TimerNode[Count];
        for (int at = 0; at < all.Length; at++) all[at] = _nodes[at].Node!;
        return all;
    }

    public void Add(TimerNode node)
    {
        if (Count == _nodes.Length) Array.Resize(ref _nodes, Count * 2);
        MoveUp(node, Count++);
    }

    public void Remove(TimerNode node)
    {
        int hole = node.Place - 1;
        node.Place = 0;
        TimerNode last = _nodes[--Count].Node!;
        _nodes[Count].Node = null;
        if (last != node) Fill(hole, last);
        if (_nodes.Length > KeptLength && Count < _nodes.Length / 4) Array.Resize(ref _nodes, _nodes.Length / 2);
    }

    private void Fill(int hole, TimerNode node)
    {
        if (hole > 0 && IsBefore(node, _nodes[(hole - 1) / 2].Node!)) MoveUp(node, hole);
        else MoveDown(node, hole);
    }

    private void MoveUp(TimerNode node, int at)
    {
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!IsBefore(node, _nodes[parent].Node!)) break;
            Put(_nodes[parent].Node!, at);
            at = parent;
        }
        Put(node, at);
    }

    private void MoveDown(TimerNode node, int at)
    {
        while (2 * at + 1 < Count)
        {
            int child = 2 * at + 1;
            if (child + 1 < Count && IsBefore(_nodes[child + 1].Node!, _nodes[child].Node!)) child++;
            if (!IsBefore(_nodes[child].Node!, node)) break;
            Put(_nodes[child].Node!, at);
            at = child;
        }
        Put(node, at);
    }

    private void Put(TimerNode node, int at)
    {
        _nodes[at].Node = node;
        node.Place = at + 1;
    }

    private static bool IsBefore(TimerNode one, TimerNode other) =>
        one.LookAt < other.LookAt || (one.LookAt == other.LookAt && one.LookTurn < other.LookTurn);

    // An array of references would check the type of what it is given each time.
    private struct Slot
    {
        public TimerNode? Node;
    }
}
