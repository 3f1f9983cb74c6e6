using System.Diagnostics.CodeAnalysis;

namespace Rx.JsonRpc;

/// <summary>One way through the servers, group by group and no further than asked. A struct with state: keep it in a field.</summary>
internal struct PriorityWalk<TServer>(IEnumerable<IEnumerable<TServer>> groups)
{
    private Walk<IEnumerable<TServer>> _groups;
    private Walk<TServer> _servers;

    public bool TryMoveNext([MaybeNullWhen(false)] out TServer server)
    {
        if (!_groups.IsUnderWay) _groups.Begin(groups);
        while (true)
        {
            if (_servers.IsUnderWay)
            {
                if (_servers.TryMoveNext(out server)) return true;
                _servers.Release();
            }
            if (!_groups.TryMoveNext(out IEnumerable<TServer>? group))
            {
                server = default;
                return false;
            }
            _servers.Begin(group ?? throw new InvalidOperationException("A group is null."));
        }
    }

    /// <summary>The first one of a new walk.</summary>
    public bool TryStartAgain([MaybeNullWhen(false)] out TServer server)
    {
        Release();
        return TryMoveNext(out server);
    }

    public void Release()
    {
        try
        {
            _servers.Release();
        }
        finally
        {
            _groups.Release();
        }
    }

    /// <summary>What the sequence fails with when no server is left.</summary>
    public static Exception Exhausted(List<Exception>? failures) => failures is null
        ? new InvalidOperationException("There is no server to try: every group is empty.")
        : new AggregateException($"No server is left; {failures.Count} failed.", failures);
}
