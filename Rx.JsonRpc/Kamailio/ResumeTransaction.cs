namespace Rx.JsonRpc.Kamailio;

/// <summary>Holds the form of <c>Resume</c> that resumes a SIP transaction.</summary>
public static class ResumeTransactionOperator
{
    /// <summary>Subscribes and resumes a SIP transaction exactly once.</summary>
    /// <param name="source">The replies; only the first counts.</param>
    /// <param name="transaction">The transaction; it waits for one source at most. If it has ended, the source is not subscribed.</param>
    /// <returns>Dispose it to resume the transaction as cancelled, if nothing has resumed it yet.</returns>
    /// <exception cref="InvalidOperationException">The transaction waits for a source already.</exception>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>value</term><description>Resumes at the return route for a result, at the error route for an error.</description></item>
    /// <item><term>error, empty source, dispose</term><description>Resumes at the error route.</description></item>
    /// <item><term>the transaction becomes inert, or something else resumes it</term><description>The source is disposed.</description></item>
    /// </list>
    /// </remarks>
    public static IDisposable Resume(this IObservable<Reply<RawJson>> source, SuspendedTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.WaitFor(source);
    }
}
