using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>What the figures were taken on, in one line.</summary>
internal static class Machine
{
    public static string Describe()
    {
        string collector = GCSettings.IsServerGC ? "server" : "workstation";
        double gigabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Processor()}, {Environment.ProcessorCount} cores, {gigabytes:0.#} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {collector} GC");
    }

    private static string Processor()
    {
        const string Key = "model name";
        string? line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
