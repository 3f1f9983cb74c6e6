using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc;

/// <summary>A topology gave a list that cannot be used, or failed. The last good list stands.</summary>
/// <param name="Reason">Every fault of the list, or the message of the failure.</param>
/// <param name="Error">What the topology failed with; null for a faulty list, after which it goes on.</param>
/// <param name="At">When, by the client's clock.</param>
public sealed record TopologyFault(string Reason, [property: JsonConverter(typeof(ExceptionConverter))] Exception? Error, DateTimeOffset At)
{
    /// <summary>Every fault of the list, or the message of the failure, on one line.</summary>
    public string Reason { get; init; } = OneLine.Of(Reason);

    /// <summary>One line for a log.</summary>
    /// <returns>The reason.</returns>
    public override string ToString() => $"topology: {Reason}";
}
