namespace Rx.JsonRpc;

/// <summary>What became of a broadcast notification on one server.</summary>
/// <param name="Server">Which server.</param>
/// <param name="Failure">
/// Null: its bytes were handed to a socket; nobody will know more. Otherwise it was not sent, and this says why, as the failure of
/// <see cref="JsonRpcClient.Notify(string, RawJson, RequestPolicy)"/> would.
/// </param>
public sealed record NotifyReport(ServerAddress Server, Exception? Failure)
{
    /// <summary>Whether its bytes were handed to a socket.</summary>
    public bool Sent => Failure is null;
}
