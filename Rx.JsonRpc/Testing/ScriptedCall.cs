namespace Rx.JsonRpc.Testing;

/// <summary>What a <see cref="ScriptedServer"/> received.</summary>
/// <param name="At">When, on the server's scheduler.</param>
/// <param name="Method">The method.</param>
/// <param name="Parameters">The parameters; the default when there were none.</param>
/// <param name="Id">The id as it was sent; null for a notification.</param>
public sealed record ScriptedCall(DateTimeOffset At, string Method, RawJson Parameters, RawJson? Id)
{
    /// <summary>One line for a test's output.</summary>
    /// <returns>Method, parameters and id.</returns>
    public override string ToString() => OneLine.Of($"{Method} {Parameters} #{Id}");
}
