namespace Rx.JsonRpc.Servers;

/// <summary>
/// The servers of a client, as they are now. Its groups are one immutable list that is exchanged as a whole; requests take what they find
/// there, and need no lock.
/// </summary>
internal sealed class ServerSet
{
    private readonly Lock _gate = new();
    private readonly ServerServices _services;
    private volatile ServerGroup[] _groups = [];
    private volatile IEnumerable<Server>[] _turns = [];
    private OrderedDictionary<string, Server> _present = [];
    private Server[] _leaving = [];
    private bool _started;
    private bool _draining;
    private bool _closed;

    public ServerSet(ServerServices services)
    {
        _services = services;
        InTurn = new TurnsOfTheMoment(this, services);
    }

    public ServerGroup[] Groups => _groups;

    /// <summary>The turns of the groups.</summary>
    public IEnumerable<Server>[] Turns => _turns;

    /// <summary>The servers' turns, group by group, as they are at each enumeration.</summary>
    public IEnumerable<IEnumerable<Server>> InTurn { get; }

    /// <summary>Every server, also those that have been removed and have not ended yet.</summary>
    public Server[] All
    {
        get
        {
            lock (_gate) return [.. _groups.SelectMany(group => group.Servers), .. _leaving.Where(server => server.State != ServerState.Retired)];
        }
    }

    /// <summary>Makes these, a list without faults, the servers.</summary>
    public void Become(IReadOnlyList<ServerAddress> addresses)
    {
        var added = new List<Server>();
        Server[] removed;
        bool started;
        bool draining;
        lock (_gate)
        {
            if (_closed) return;
            var listed = addresses.ToDictionary(address => address.Identity);
            removed = [.. _present.Where(present => !listed.ContainsKey(present.Key)).Select(present => present.Value)];
            // Those that stay keep their order: a list that comes in another order each time must not turn the turns into chance.
            var next = new OrderedDictionary<string, Server>(_present.Where(present => listed.ContainsKey(present.Key)));
            foreach (ServerAddress address in addresses)
            {
                if (next.TryGetValue(address.Identity, out Server? server)) server.Rank(address.Priority, address.Weight);
                else added.Add(next[address.Identity] = new Server(address, _services));
            }
            _present = next;
            _leaving = [.. _leaving.Where(server => server.State != ServerState.Retired), .. removed];
            _services.Servers = [.. next.Values];
            _groups = ServerGroup.Of(next.Values, _groups, _services);
            _turns = [.. _groups.Select(group => group.InTurn)];
            started = _started;
            draining = _draining;
        }
        // Without the lock: they tell their observers, and call the connector.
        foreach (Server server in removed) server.Leave(_services.Options.DrainTimeout);
        foreach (Server server in added)
        {
            if (draining) server.Drain();
            if (started) server.Start();
        }
    }

    /// <summary>Connects to the servers, and from now on to each that is added.</summary>
    public void Start()
    {
        lock (_gate) _started = true;
        foreach (Server server in All) server.Start();
    }

    /// <exception cref="ArgumentException">There is no such server.</exception>
    public Server Find(ServerAddress address)
    {
        lock (_gate)
        {
            if (_present.TryGetValue(address.Identity, out Server? server)) return server;
            string known = _present.Count == 0 ? "none" : string.Join(", ", _present.Values.Select(present => present.Address));
            throw new ArgumentException($"{address} is no server of this client; its servers are: {known}.", nameof(address));
        }
    }

    public void Drain()
    {
        lock (_gate) _draining = true;
        foreach (Server server in All) server.Drain();
    }

    public Task CloseAsync(Exception why, string reason, TimeSpan limit)
    {
        lock (_gate) _closed = true;
        return Task.WhenAll(All.Select(server => server.CloseAsync(why, reason, limit)));
    }
}
