namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>Whether Kamailio, its modules and SIPp are on this machine.</summary>
internal static class Installed
{
    /// <summary>Set where they must be: then a missing one fails the tests instead of skipping them.</summary>
    private const string Demand = "RXJSONRPC_REQUIRE_KAMAILIO";

    private static readonly string[] Modules = ["tm", "tmx", "sl", "pv", "xlog", "textops", "siputils", "cfgutils", "htable", "jansson", "evapi", "jsonrpcc"];

    public static string Kamailio { get; } = Find("kamailio") ?? "";

    public static string Sipp { get; } = Find("sipp") ?? "";

    private static string? Missing { get; } = Look();

    /// <summary>Skips the test when something is missing.</summary>
    public static void OrSkip()
    {
        if (Missing is not { } missing) return;
        if (Environment.GetEnvironmentVariable(Demand) is "1") Assert.Fail(missing);
        Assert.Skip(missing);
    }

    private static string? Look()
    {
        if (Kamailio.Length == 0) return "no kamailio on this machine: apt-get install kamailio kamailio-json-modules kamailio-extra-modules";
        if (Sipp.Length == 0) return "no sipp on this machine: apt-get install sip-tester";
        string[] folders = [.. new[] { "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64" }.Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateDirectories(root).Append(root)).Select(folder => Path.Combine(folder, "kamailio", "modules"))];
        string[] absent = [.. Modules.Where(module => !folders.Any(folder => File.Exists(Path.Combine(folder, $"{module}.so"))))];
        return absent.Length == 0 ? null : $"kamailio has no module {string.Join(", ", absent)}: apt-get install kamailio-json-modules kamailio-extra-modules";
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/usr/local/sbin")
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
