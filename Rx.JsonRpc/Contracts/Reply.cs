using System.Text.Json.Serialization;

namespace Rx.JsonRpc;

/// <summary>The answer to one call: a result or a JSON-RPC error, with the attempts that led to it.</summary>
/// <typeparam name="T">The result's type.</typeparam>
public readonly struct Reply<T>
{
    /// <summary>The error; null for a result.</summary>
    public JsonRpcError? Error { get; init; }

    /// <summary>The result; <c>default</c> for an error. <c>null</c> is a result too: ask <see cref="IsError"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public T? Result { get; init; }

    /// <summary>Every attempt, in the order in which they began. The last one gave the answer; with a hedge, the last one that is not <see cref="AttemptEnd.Cancelled"/>.</summary>
    public IReadOnlyList<Attempt> Attempts { get => field ?? []; init; }

    /// <summary>Whether the server answered with an error.</summary>
    public bool IsError => Error is not null;

    /// <summary>The result or the error in one line.</summary>
    /// <returns>Text for a log; it holds the result's own text.</returns>
    public override string ToString() => Error is null ? OneLine.Of($"result {Result}") : $"error {Error}";
}
