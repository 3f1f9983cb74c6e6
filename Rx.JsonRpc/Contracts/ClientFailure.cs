namespace Rx.JsonRpc;

/// <summary>The host's own code threw when the client called it. The client goes on.</summary>
/// <param name="Where">The method that was called or requested, or the name of the observable.</param>
/// <param name="Server">Whose call it was; null when it was no server's.</param>
/// <param name="Exception">What was thrown.</param>
public sealed record ClientFailure(string Where, ServerAddress? Server, Exception Exception)
{
    /// <summary>One line for a log.</summary>
    /// <returns>Where, whose call and what.</returns>
    public override string ToString() => $"{Where}{(Server is null ? "" : $" for {Server}")}: {Exception.GetType().Name}: {Exception.Message}";
}
