namespace Rx.JsonRpc.Kamailio;

/// <summary>Which suspension of which transaction an answer is for.</summary>
/// <param name="Index">The transaction's index.</param>
/// <param name="Label">The transaction's label.</param>
/// <param name="Token">The token of the suspension; null when the event holds none.</param>
internal readonly record struct TransactionId(uint Index, uint Label, long? Token)
{
    /// <summary>Index and label.</summary>
    public override string ToString() => FormattableString.Invariant($"{Index}:{Label}");
}
