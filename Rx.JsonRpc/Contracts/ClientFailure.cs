using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc;

/// <summary>The host's own code threw when the client called it. The client goes on.</summary>
/// <param name="Where">The method that was called or requested, or the name of the observable.</param>
/// <param name="Server">Whose call it was; null when it was no server's.</param>
/// <param name="Exception">What was thrown.</param>
public sealed record ClientFailure(
    string Where, ServerAddress? Server, [property: JsonConverter(typeof(ExceptionConverter))] Exception Exception)
{
    /// <summary>The method or the observable, on one line of at most 500 characters.</summary>
    public string Where { get; init; } = OneLine.OfPeer(Where);

    /// <summary>One line for a log.</summary>
    /// <returns>Where, whose call and what.</returns>
    public override string ToString() => OneLine.Of($"{Where}{(Server is null ? "" : $" for {Server}")}: {Exception.GetType().Name}: {Exception.Message}");
}
