namespace Rx.JsonRpc.Bench.Compare;

/// <summary>Keeps requests in flight as a host does: each worker awaits one answer, then sends the next request.</summary>
internal static class Workers
{
    /// <param name="run">The run.</param>
    /// <param name="inFlight">How many workers.</param>
    /// <param name="work">
    /// One worker: a loop of its own in each row, so that the <c>await</c> in it is the one a user would write and nothing comes between.
    /// </param>
    public static async Task RunAsync(LoadRun run, int inFlight, Func<LoadRun, Task> work)
    {
        var workers = new List<Task>(inFlight);
        for (int i = 0; i < inFlight; i++) workers.Add(Task.Run(() => work(run)));
        // Not WhenAll: one that fails must end the run while the others still ask.
        await foreach (Task worker in Task.WhenEach(workers)) await worker;
    }
}
