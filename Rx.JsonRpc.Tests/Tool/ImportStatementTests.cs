using System.Text.RegularExpressions;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Tests.Transport;
using Rx.JsonRpc.Tool.Gateway;

namespace Rx.JsonRpc.Tests.Tool;

/// <summary>What <c>rxrpc import</c> says of a script is compared with the file that it wrote, as the gateway reads it.</summary>
public class ImportStatementTests
{
    private const string Two = """
        modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.1;port=1;priority=1")
        modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.2;port=1;priority=2")
        """;

    private static readonly (string Pattern, Action<Said> IsTrue)[] Statements =
    [
        ("\\$var\\(rx_servers\\) = \"([^\"]*)\"", said =>
        {
            if (!said.Pools.ContainsKey(said.Value)) AssertAlso(said, $"the pool '{said.Value}' is not in the configuration");
        }),
        ("^(?!.*jansson).*jsonrpc_request becomes", said =>
        {
            if (!said.Pools.ContainsKey("default")) AssertAlso(said, "this call names no pool");
        }),
        ("\\$var\\(rx_servers\\) = \"default\"", said =>
        {
            if (!HoldsTheConnOf9(said)) AssertAlso(said, "the pool 'default' holds jsonrpcc's servers");
        }),
        ("the pool '(.+)' is not in", said => Assert.False(said.Pools.ContainsKey(said.Value))),
        ("the pools are (.+)$", said => Assert.Equal(string.Join(", ", said.Pools.Keys), said.Value)),
        ("max_conn_attempts is left at its default", said =>
        {
            Assert.DoesNotContain("max_conn_attempts", said.Script);
            Assert.Null(said.Pools["default"]!.MaxConnectionAttempts);
        }),
        ("were turned around", said => Assert.Equal([2, 1], said.Pools["a"]!.Servers!.Select(server => server.Priority).Take(2))),
        ("conn 'default' was not taken over", said => Assert.False(HoldsTheConnOf9(said))),
        ("'retry_codes' = 'nonsense' was not taken over", said => Assert.Equal("-32603", said.Pools["a"]!.Policy!.RetryOn!.ToString())),
        ("is in the pool 'a' already", said => Assert.Equal(2, said.Pools["a"]!.Servers!.Count)),
        ("its port is '(.+)'; expected a number", said => Assert.Equal(2, said.Pools["a"]!.Servers!.Count)),
        // The weight of a server that is in the file.
        ("weight 0 became 1", said => Assert.DoesNotContain(said.Beside, other => other.Contains("was not taken over"))),
        ("\"retries\"", said => AssertAlso(said, "was not taken over")),
        // A replacement is a script: a number stands bare, and is one.
        ("\\$var\\(rx_timeout\\) = ([^;]*);", said => Assert.Matches("^[0-9]+$|^\\$", said.Value)),
        ("\"\"; route\\(RXRPC_REQUEST\\)", said => AssertAlso(said, "names no route")),
    ];

    public static TheoryData<string> Scripts =>
    [
        """modparam("jsonrpcc", "servers", "10.0.0.1:1,2 10.0.0.2:1,1")""" + "\n" + """jsonrpc_request("m", "[]", "R", "E", "$var(x)");""",
        """modparam("jsonrpcc", "servers", "10.0.0.1:1")""" + "\n" + """modparam("jsonrpcc", "max_conn_attempts", 3)""",
        """modparam("jsonrpcc", "servers", "10.0.0.1:1")""" + "\n" + """modparam("jsonrpcc", "max_conn_attempts", "x")""",
        Two + "\n" + """janssonrpc_request("a", "m", "[]", "route=R;retry=2;timeout=100");""",
        Two + "\n" + """modparam("janssonrpcc", "result_pv", "$avp(reply)")""" + "\n" + """janssonrpc_request("a", "m", "[]", "route=R");""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=b;srv=_rpc._tcp.example.org")""" + "\n" + """janssonrpc_request("b", "m", "[]", "route=R");""",
        Two + "\n" + """janssonrpc_notification("nowhere", "m", "[]");""" + "\n" + """janssonrpc_request("$hdr(X)", "m", "[]", "route=R");""",
        Two + "\n" + """modparam("jsonrpcc", "servers", "nonsense")""" + "\n" + """jsonrpc_request("m", "[]", "R", "E", "$var(x)");""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=default;addr=10.0.0.9;port=9")""" + "\n" + """modparam("jsonrpcc", "servers", "10.0.0.1:1")""" + "\n"
            + """janssonrpc_request("default", "m", "[]", "route=R");""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.1;port=1;priority=9")""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.1;port=1;priority=9;weight=0")""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.3;port=1;priority=2;weight=0")""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.3;port=1,9 10.0.0.4:5;priority=3")""",
        Two + "\n" + """modparam("janssonrpcc", "server", "conn=;addr=10.0.0.1;port=1")""",
        Two + "\n" + """modparam("janssonrpcc", "retry_codes", "-32603")""" + "\n" + """modparam("janssonrpcc", "retry_codes", "nonsense")""",
        Two + "\n" + """modparam("janssonrpcc", "keep_alive", 60)""" + "\n" + """janssonrpc_request("a", "m", "[]", "timeout=abc");""",
        Two + "\n" + """janssonrpc_request("a", "m", "[]");""" + "\n" + """jsonrpc_request("m", "[]");""",
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Import_OfAScript_SaysWhatIsTrueOfTheFile(string script)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("kamailio.cfg"), script);
        ToolRun run = await ToolRun.Of("import", folder.File("kamailio.cfg"));
        Assert.Equal(0, run.Code);
        await File.WriteAllTextAsync(folder.File("rxrpc.json"), run.Out);
        ConfigFile file = ConfigFile.Read(folder.File("rxrpc.json"));
        await using (await GatewayPlan.OfFile(file, []).MakeAsync()) { }
        foreach (string line in run.ErrorLines) Compare(line, script, file.Config, run);
    }

    [Fact]
    public void Import_AMeasureOfTheGatewaysDefaults_IsTheDefault()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(500), RequestPolicy.Default.TryTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), RequestPolicy.Default.TotalTimeout);
        Assert.Equal(-1, new JsonRpcClientOptions().MaxConnectionAttempts);
        Assert.Equal(TimeSpan.FromSeconds(30), TcpKeepAlive.Default.Time);
    }

    [Theory]
    [InlineData("$avp(reply)", "modparam(\"janssonrpcc\", \"result_pv\", \"$avp(reply)\")")]
    [InlineData("$var(jsrpc_result)", "")]
    public void Import_OfACall_NamesTheVariableOfTheScript(string variable, string setting)
    {
        var import = new ModuleImport($"{Two}\n{setting}\njanssonrpc_request(\"a\", \"m\", \"[]\", \"route=R\");", new Dictionary<string, string>(), _ => null);
        Assert.Contains($"the routes read $var(rx_result) where they read {variable}", Assert.Single(import.Calls).Lost);
        Assert.DoesNotContain(import.Notes, note => note.Text.Contains("result_pv"));
    }

    /// <summary>A statement that no script brings about would be compared with nothing.</summary>
    [Fact]
    public async Task Scripts_BringAboutEveryStatementThatIsCompared()
    {
        var lines = new List<string>();
        using var folder = new TemporaryFolder();
        foreach (string script in Scripts.Select(row => row.Data))
        {
            await File.WriteAllTextAsync(folder.File("kamailio.cfg"), script);
            lines.AddRange((await ToolRun.Of("import", folder.File("kamailio.cfg"))).ErrorLines);
        }
        Assert.All(Statements, statement => Assert.Contains(lines, line => Regex.IsMatch(line, statement.Pattern)));
    }

    private static void Compare(string line, string script, GatewayConfig config, ToolRun run)
    {
        string place = Regex.Match(line, "^line [0-9]+: ").Value;
        Assert.NotEmpty(place);
        string[] beside = [.. run.ErrorLines.Where(other => other.StartsWith(place, StringComparison.Ordinal))];
        foreach ((string pattern, Action<Said> isTrue) in Statements)
        {
            foreach (Match match in Regex.Matches(line, pattern)) isTrue(new Said(match.Groups[1].Value, script, config.Pools!, beside));
        }
    }

    private static void AssertAlso(Said said, string text) => Assert.Contains(said.Beside, other => other.Contains(text));

    private static bool HoldsTheConnOf9(Said said) => said.Pools["default"]!.Servers!.Any(server => server.ToString() == "10.0.0.9:9");

    /// <param name="Value">What the pattern has found.</param>
    /// <param name="Script">The script.</param>
    /// <param name="Pools">What the file holds.</param>
    /// <param name="Beside">All that is said of the same line.</param>
    private sealed record Said(string Value, string Script, IReadOnlyDictionary<string, PoolConfig?> Pools, string[] Beside);
}
