using System.Globalization;
using System.Runtime.CompilerServices;
using Rx.JsonRpc.Bench.Compare;

namespace Rx.JsonRpc.Bench.Limits;

/// <summary>The typed recipe at half of its highest rate, for a minute.</summary>
internal static class SteadyRate
{
    public static async IAsyncEnumerable<string> MeasureAsync(TimeSpan span, [EnumeratorCancellation] CancellationToken stop)
    {
        await using ServerProcess server = await ServerProcess.StartAsync(FixedServer.Name, stop);
        double highest;
        await using (var closed = new TypedRecipeLoad(OurClient.Connect(server.Ports)))
        {
            highest = (await new LoadRun().MeasureAsync(closed, 64, TimeSpan.FromSeconds(5), stop)).RequestsPerSecond;
        }
        await using var paced = new PacedLoad(server.Ports, highest / 2);
        Figures figures = await new LoadRun().MeasureAsync(paced, 0, span, stop);
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"steady: {figures.RequestsPerSecond:#,0}/s, half of {highest:#,0}/s at 64 in flight, for {span.TotalSeconds:0} s: p50 {figures.P50Us:0.0} us, p99 {figures.P99Us:0.0} us, p99/p50 {figures.P99Us / figures.P50Us:0.00} (goal: at most 3), {figures.BytesPerRequest:0} bytes/request, {figures.FullCollections} gen 2 (goal: 0)");
    }
}
