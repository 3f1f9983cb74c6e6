using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc;

/// <summary>What became of a broadcast notification on one server.</summary>
/// <param name="Server">Which server.</param>
/// <param name="Failure">
/// Null: its bytes were handed to a socket; nobody will know more. Otherwise it was not sent, and this says why, as the failure of
/// <see cref="JsonRpcClient.Notify(string, RawJson, RequestPolicy)"/> would.
/// </param>
public sealed record NotifyReport(ServerAddress Server, [property: JsonConverter(typeof(ExceptionConverter))] Exception? Failure)
{
    /// <summary>Whether its bytes were handed to a socket.</summary>
    public bool Sent => Failure is null;

    /// <summary>One line for a log.</summary>
    /// <returns>Server, and why it was not sent.</returns>
    public override string ToString() => Failure is null ? $"{Server}: sent" : $"{Server}: not sent: {OneLine.Of(Failure.Message)}";
}
