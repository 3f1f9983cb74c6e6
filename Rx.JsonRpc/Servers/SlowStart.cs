using System.Collections;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// The servers in the order of their turns; but while one of them has come back only just, the order is drawn at random by weight, and
/// the weight of that one grows from a tenth to all of it.
/// </summary>
internal sealed class SlowStart : IEnumerable<Server>
{
    private const double LeastShare = 0.1;

    private readonly Server[] _servers;
    private readonly IEnumerable<Server> _otherwise;
    private readonly ServerServices _services;

    public SlowStart(Server[] servers, IEnumerable<Server> otherwise, ServerServices services)
    {
        _servers = servers;
        _otherwise = otherwise;
        _services = services;
    }

    /// <summary>The weight that counts now.</summary>
    public static double Weight(Server server, ServerServices services)
    {
        int weight = server.Address.Weight;
        return IsWarming(server, services, out double share) ? weight * share : weight;
    }

    public IEnumerator<Server> GetEnumerator()
    {
        foreach (Server server in _servers)
        {
            if (IsWarming(server, _services, out _)) return Drawn();
        }
        return _otherwise.GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsWarming(Server server, ServerServices services, out double share)
    {
        share = 1;
        TimeSpan slowStart = services.Options.SlowStart;
        if (slowStart <= TimeSpan.Zero || server.ReturnedAt is not { } returnedAt) return false;
        TimeSpan passed = services.Stopwatch.Elapsed - returnedAt;
        if (passed >= slowStart) return false;
        share = Math.Max(LeastShare, passed / slowStart);
        return true;
    }

    private IEnumerator<Server> Drawn()
    {
        var draws = new WeightedDraws([.. _servers.Select(server => Weight(server, _services))], _services.Options.Random);
        while (draws.TryDraw(out int next)) yield return _servers[next];
    }
}
