namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>A log in memory: its requests in the order in which they began, and its servers.</summary>
internal sealed class RecordedRequests
{
    private readonly Dictionary<string, RecordedServer> _servers = [];

    private RecordedRequests(IReadOnlyList<RequestRecord> records)
    {
        Records = records;
        foreach (RequestRecord record in records)
        {
            foreach (Attempt attempt in record.Attempts)
            {
                string identity = attempt.Server.Identity;
                if (!_servers.TryGetValue(identity, out RecordedServer? server))
                {
                    _servers.Add(identity, server = new RecordedServer(attempt.Server, records));
                }
                server.Address = attempt.Server;
                server.Add(record, attempt);
            }
        }
        foreach (RecordedServer server in _servers.Values) server.Sort();
    }

    public IReadOnlyList<RequestRecord> Records { get; }

    /// <summary>From the first request to the end of the last.</summary>
    public TimeSpan Span => Records.Max(record => record.StartedAt + record.Took) - Records[0].StartedAt;

    /// <summary>Attempts of which only is known that they lasted longer than somebody waited.</summary>
    public int CutOff => Records.Sum(record => record.Attempts.Count(attempt =>
        attempt is { Written: Written.MaybeExecuted, End: AttemptEnd.TimedOut or AttemptEnd.Cancelled }));

    /// <exception cref="UsageException">The file cannot be read, is faulty, or holds nothing to replay.</exception>
    public static RecordedRequests Load(string path)
    {
        RequestRecord[] records;
        try
        {
            using FileStream file = File.OpenRead(path);
            records = [.. AttemptLog.Read(file).OrderBy(record => record.StartedAt)];
        }
        catch (FormatException fault)
        {
            throw new UsageException($"{path}: {fault.Message}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"cannot read {path}: {fault.Message}");
        }
        if (records.Length == 0) throw new UsageException($"{path} holds no request; expected JSON lines as 'rxrpc bench --record' writes them");
        var recorded = new RecordedRequests(records);
        return recorded._servers.Count > 0 ? recorded : throw new UsageException($"{path}: no request was tried on any server; nothing is known to replay");
    }

    /// <summary>The servers to replay on: the recorded ones, or those of a list, which ranks them anew.</summary>
    /// <exception cref="UsageException">The list names a server that was never tried.</exception>
    public IReadOnlyList<RecordedServer> Servers(IReadOnlyList<ServerAddress>? ranked)
    {
        if (ranked is null) return [.. _servers.Values];
        foreach (ServerAddress address in ranked)
        {
            if (!_servers.TryGetValue(address.Identity, out RecordedServer? server))
            {
                string known = string.Join(' ', _servers.Values.Select(known => known.Address));
                throw new UsageException($"--servers: no recorded attempt was made on {address}; recorded are {known}");
            }
            server.Address = address;
        }
        return [.. ranked.Select(address => _servers[address.Identity])];
    }
}
