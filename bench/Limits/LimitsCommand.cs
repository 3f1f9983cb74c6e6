using System.Globalization;
using System.Runtime.InteropServices;
using Rx.JsonRpc.Bench.Compare;

namespace Rx.JsonRpc.Bench.Limits;

/// <summary><c>limits</c>: what holds beside the comparison: a steady rate, growth, and the listener. One line for each.</summary>
internal static class LimitsCommand
{
    public const string Name = "limits";

    private const string Usage =
        """
        usage: dotnet run -c Release --project bench -- limits [steady|growth|listener ...] [--seconds S]
          steady     p99 and collections at half of the highest rate; S seconds (60)
          growth     1 and 1,000 servers, 1 to 8 connections, a result of 1 MB
          listener   the listener beside the same floor written as a server
        """;

    private static readonly string[] All = ["growth", "listener", "steady"];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var parts = new List<string>();
        double seconds = 60;
        for (int i = 0; i < arguments.Length; i++)
        {
            bool known = arguments[i] == "--seconds"
                ? i + 1 < arguments.Length && double.TryParse(arguments[++i], CultureInfo.InvariantCulture, out seconds) && seconds > 0
                : All.Contains(arguments[i]);
            if (!known)
            {
                await Console.Error.WriteLineAsync($"{Name}: '{arguments[i]}' is not expected here\n{Usage}");
                return 64;
            }
            if (All.Contains(arguments[i])) parts.Add(arguments[i]);
        }
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        Console.WriteLine(Machine.Describe());
        foreach (string part in parts.Count > 0 ? parts : [.. All])
        {
            IAsyncEnumerable<string> lines = part switch
            {
                "growth" => Growth.MeasureAsync(stop.Token),
                "listener" => ListenerBesideFloor.MeasureAsync(stop.Token),
                _ => SteadyRate.MeasureAsync(TimeSpan.FromSeconds(seconds), stop.Token),
            };
            await foreach (string line in lines) Console.WriteLine(line);
        }
        return 0;
    }
}
