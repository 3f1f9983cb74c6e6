using System.Diagnostics.CodeAnalysis;

namespace Rx.JsonRpc;

/// <summary>One way through the servers, group by group and no further than asked. A struct with state: keep it in a field.</summary>
internal struct PriorityWalk<TServer>(IEnumerable<IEnumerable<TServer>> groups)
{
    private IEnumerator<IEnumerable<TServer>>? _groups;
    private IEnumerator<TServer>? _servers;

    public bool TryMoveNext([MaybeNullWhen(false)] out TServer server)
    {
        _groups ??= groups.GetEnumerator();
        while (true)
        {
            if (_servers is not null)
            {
                if (_servers.MoveNext())
                {
                    server = _servers.Current;
                    return true;
                }
                IEnumerator<TServer> finished = _servers;
                _servers = null;
                finished.Dispose();
            }
            if (!_groups.MoveNext())
            {
                server = default;
                return false;
            }
            _servers = (_groups.Current ?? throw new InvalidOperationException("A group is null.")).GetEnumerator();
        }
    }

    public readonly void Release()
    {
        try
        {
            _servers?.Dispose();
        }
        finally
        {
            _groups?.Dispose();
        }
    }

    /// <summary>What the sequence fails with when no server is left.</summary>
    public static Exception Exhausted(List<Exception>? failures) => failures is null
        ? new InvalidOperationException("There is no server to try: every group is empty.")
        : new AggregateException($"No server is left; {failures.Count} failed.", failures);
}
