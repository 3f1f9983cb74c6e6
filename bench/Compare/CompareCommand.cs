using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary><c>compare</c>: our client and its peers side by side, each in turn, against one server in a process of its own.</summary>
internal static class CompareCommand
{
    public const string Name = "compare";

    private const int Success = 0;
    private const int Failed = 1;
    private const int BadUsage = 64;
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(string[] arguments)
    {
        CompareOptions options;
        try
        {
            options = CompareOptions.Parse(arguments);
        }
        catch (FormatException fault)
        {
            await Console.Error.WriteLineAsync($"{Name}: {fault.Message}\n{CompareOptions.Usage}");
            return BadUsage;
        }
        if (options.Help)
        {
            Console.WriteLine(CompareOptions.Usage);
            return Success;
        }
        return await CompareAsync(options);
    }

    private static async Task<int> CompareAsync(CompareOptions options)
    {
        using var stop = new CancellationTokenSource();
        // Handled rather than let through: the server has to be ended first.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        try
        {
            await using ServerProcess server = await ServerProcess.StartAsync(FixedServer.Name, stop.Token);
            Report report = await MeasureAsync(options, server.Ports, stop.Token);
            if (options.JsonFile is { } file) await File.WriteAllTextAsync(file, report.ToJson() + "\n", stop.Token);
            return Success;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"{Name}: interrupted");
            return Interrupted;
        }
        catch (Exception fault)
        {
            await Console.Error.WriteLineAsync($"{Name}: {fault.GetType().Name}: {fault.Message}");
            return Failed;
        }

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<Report> MeasureAsync(CompareOptions options, ServerPorts ports, CancellationToken stop)
    {
        string machine = Machine.Describe();
        Console.WriteLine(machine);
        var rounds = new List<Round>();
        foreach (int inFlight in options.InFlight)
        {
            var here = new List<Round>();
            for (int round = 1; round <= options.Rounds; round++)
            {
                await Console.Error.WriteLineAsync($"{inFlight} in flight, round {round} of {options.Rounds}");
                here.Add(new Round(inFlight, await RoundAsync(ports, inFlight, options, stop)));
            }
            rounds.AddRange(here);
            foreach (string line in options.Rows is null ? Table.Of(inFlight, here, Ratios.Of(here).Values.Single()) : Table.Rows(inFlight, here)) Console.WriteLine(line);
        }
        return new Report(machine, rounds, options.Rows is null ? Ratios.Of(rounds) : new Dictionary<string, IReadOnlyDictionary<string, Spread>>());
    }

    private static async Task<IReadOnlyList<Figures>> RoundAsync(ServerPorts ports, int inFlight, CompareOptions options, CancellationToken stop)
    {
        var figures = new List<Figures>();
        foreach (string name in options.Rows ?? CompareOptions.RowNames)
        {
            await using ILoad row = Connect(name, ports);
            figures.Add(await new LoadRun().MeasureAsync(row, inFlight, TimeSpan.FromSeconds(options.Seconds), stop));
        }
        return figures;
    }

    private static ILoad Connect(string row, ServerPorts ports) => row switch
    {
        "raw-floor" => new RawFloorLoad(ports),
        "raw-json" => new RawJsonLoad(ports),
        "typed-recipe" => new TypedRecipeLoad(OurClient.Connect(ports)),
        CompareOptions.InlineRow => new TypedRecipeLoad(OurClient.Connect(ports, PipeScheduler.Inline), row),
        "naive-rx" => new NaiveRxLoad(ports),
        _ => new StreamJsonRpcLoad(ports),
    };
}
