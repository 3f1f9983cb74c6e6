using System.Reactive.Disposables;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

public sealed partial class Server
{
    // Long enough for the last bytes to leave once nothing waits for a reply any more.
    private static readonly TimeSpan IdleClosingLimit = TimeSpan.FromMilliseconds(500);

    private readonly List<ServerLink> _formerLinks = [];
    private readonly SingleAssignmentDisposable _leaving = new();
    private volatile Duty _duty;
    private string _orderReason = "";
    private bool _closed;

    /// <summary>Gives it another rank; its connections stay.</summary>
    internal void Rank(int priority, int weight)
    {
        lock (_gate)
        {
            ServerAddress before = _address;
            _address = before with { Priority = priority, Weight = weight };
            if (priority != before.Priority && _duty == Duty.On) _services.Breakers.Join(_breaker, priority);
        }
    }

    /// <summary>Takes the order; one that has been removed or closed takes none.</summary>
    internal void Order(Duty duty, string reason)
    {
        ServerLink[] begun = [];
        ServerLink[] ending;
        lock (_gate)
        {
            if (_closed || _duty == Duty.Leaving) return;
            if (duty is Duty.On or Duty.Draining) begun = ReplaceEndedLinksLocked();
            if (!_started) begun = [];
            if (duty == Duty.On && _duty != Duty.On) _enabledByHand = true;
            _duty = duty;
            _orderReason = reason;
            if (duty == Duty.On) _services.Breakers.Join(_breaker, _address.Priority);
            else _services.Breakers.Leave(_breaker);
            ending = duty is Duty.Disabled or Duty.Leaving ? _links : [];
            ChangeLocked(reason);
        }
        _services.Changes.Flush();
        if (duty != Duty.On) CloseLine();
        var why = new ConnectionLostException($"{Address}: {reason}");
        foreach (ServerLink link in ending) link.CloseWhenIdle(why, reason, IdleClosingLimit);
        foreach (ServerLink link in begun) link.Start();
        CallWaiting();
    }

    /// <summary>Takes no more requests, for good; those in flight may end until the limit.</summary>
    internal void Leave(TimeSpan limit)
    {
        const string Removed = "removed from the topology";
        Order(Duty.Leaving, Removed);
        if (State == ServerState.Retired) return;
        _leaving.Disposable = _services.Clock.After(limit, () =>
        {
            if (State == ServerState.Retired) return;
            string reason = $"{Removed}; {InFlight} in flight were given up after {limit}";
            _ = CloseAsync(new ConnectionLostException($"{Address} was {reason}"), reason, IdleClosingLimit);
        });
    }

    /// <summary>Ends every connection, and the server with them.</summary>
    internal async Task CloseAsync(Exception why, string reason, TimeSpan limit)
    {
        ServerLink[] links;
        lock (_gate)
        {
            _closed = true;
            links = [.. _links, .. _formerLinks];
        }
        _leaving.Dispose();
        await Task.WhenAll(links.Select(link => link.CloseAsync(why, reason, limit))).ConfigureAwait(false);
        // A disabled server has no link left whose end would tell.
        lock (_gate) ChangeLocked(reason);
        _services.Changes.Flush();
    }

    private ServerUnavailableException OffDuty()
    {
        lock (_gate) return new ServerUnavailableException($"{Address} takes no new requests: {_orderReason}");
    }

    private ServerLink[] NewLinks()
    {
        var links = new ServerLink[_services.Options.ConnectionsPerServer];
        for (int i = 0; i < links.Length; i++) links[i] = NewLink();
        return links;
    }

    private ServerLink NewLink() => new(this, _services.Options, _services.Connector, _services.Clock);

    /// <summary>A link that has ended, or was told to, has ended for good: another one takes its place, and it may end in peace.</summary>
    private ServerLink[] ReplaceEndedLinksLocked()
    {
        var begun = new List<ServerLink>();
        ServerLink[] links = [.. _links];
        for (int i = 0; i < links.Length; i++)
        {
            if (links[i].State != ServerState.Retired && !links[i].IsClosing) continue;
            if (links[i].State != ServerState.Retired) _formerLinks.Add(links[i]);
            begun.Add(links[i] = NewLink());
        }
        _links = links;
        return [.. begun];
    }

    private bool TryForgetFormerLocked(ServerLink link)
    {
        if (Array.IndexOf(_links, link) >= 0) return false;
        if (link.State == ServerState.Retired) _formerLinks.Remove(link);
        return true;
    }
}
