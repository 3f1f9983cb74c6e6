using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tests.Kamailio;

public class ModuleImportTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "kamailio", "import");

    [Theory]
    [InlineData("", "127.0.0.1:9101,1 127.0.0.1:9102,1", -1)]
    [InlineData("GROUPS", "127.0.0.1:9101,2 127.0.0.1:9102,2 127.0.0.1:9103,1", -1)]
    [InlineData("ONE NORETRY", "127.0.0.1:9101,1", null)]
    public void Jsonrpcc_Servers_KeepTheirPriorities(string defines, string servers, int? attempts)
    {
        ImportedPool pool = Of("jsonrpcc.cfg", defines).Pools["default"];
        Assert.Equal(servers, Servers(pool));
        Assert.Equal(attempts, pool.MaxConnectionAttempts);
    }

    [Theory]
    [InlineData("", "127.0.0.1:9101,1 127.0.0.1:9102,1")]
    [InlineData("ONE", "127.0.0.1:9101,1")]
    [InlineData("GROUPS", "127.0.0.1:9101,2 127.0.0.1:9102,2 127.0.0.1:9103,1")]
    public void Janssonrpcc_Servers_ChangeTheirPolarity(string defines, string servers) =>
        Assert.Equal(servers, Servers(Of("janssonrpcc.cfg", defines).Pools["user"]));

    [Fact]
    public void Notes_SayWhatChangesInMeaning()
    {
        string[] jsonrpcc = Notes(Of("jsonrpcc.cfg", "NORETRY"));
        Assert.Contains(jsonrpcc, note => note.StartsWith("line ", StringComparison.Ordinal) && note.Contains("max_conn_attempts is left at its default"));
        Assert.Contains(jsonrpcc, note => note.Contains("strictly in turn"));
        Assert.DoesNotContain(Notes(Of("jsonrpcc.cfg", "")), note => note.Contains("max_conn_attempts"));
        string[] janssonrpcc = Notes(Of("janssonrpcc.cfg", "HWM"));
        Assert.Contains(janssonrpcc, note => note.Contains("priorities were turned around"));
        Assert.Contains("line 10: 'hwm=5' was not taken over", janssonrpcc);
    }

    [Fact]
    public void Calls_BecomeTheRouteLibrarys()
    {
        ImportedCall[] calls = [.. Of("jsonrpcc.cfg", "").Calls];
        Assert.Equal(["line 22", "line 28", "line 30"], calls.Select(call => call.Call.Place));
        Assert.Equal("$var(rx_method) = $hdr(X-N); $var(rx_params) = $hdr(X-P); route(RXRPC_NOTIFY);", calls[0].Replacement);
        Assert.Equal(
            """$var(rx_method) = "get_user"; $var(rx_params) = "{\"id\": 1234}"; $var(rx_return) = "RESP"; $var(rx_error) = "ERR"; route(RXRPC_REQUEST);""",
            calls[2].Replacement);
        Assert.Contains("the routes read $var(rx_result) where they read $var(result)", calls[2].Lost);
        Assert.Equal(
            """$var(rx_timeout) = 500; $var(rx_servers) = "user"; $var(rx_method) = "get_user"; $var(rx_params) = "{\"id\": 1234}"; $var(rx_return) = "RESP"; $var(rx_error) = "RESP"; route(RXRPC_REQUEST);""",
            Of("janssonrpcc.cfg", "").Calls[^1].Replacement);
    }

    [Fact]
    public void Call_WithAValueInItsParameters_IsAssignedAsAFormatAndWarnedOf()
    {
        ImportedCall call = Assert.Single(Text("""jsonrpc_request("m", "{'n': '$fU'}", "R", "E", "$var(x)");""").Calls);
        Assert.Contains("$var(rx_params) = $_s({'n': '$fU'});", call.Replacement);
        Assert.Contains(call.Lost, lost => lost.Contains("jansson_set"));
    }

    [Fact]
    public void Janssonrpcc_EveryParameter_IsTakenOverOrNamed()
    {
        ModuleImport import = Text("""
            # modparam("janssonrpcc", "server", "conn=no;addr=10.9.9.9;port=1")
            /* modparam("janssonrpcc", "server",
               "conn=no;addr=10.9.9.9;port=1") */
            modparam("janssonrpcc", "server", "conn=a;addr=10.0.0.1;port=1;priority=10;weight=3") // the first
            modparam("janssonrpcc", "server", "conn=a;addr=::1;port=2;priority=30;weight=0")
            modparam('janssonrpcc', 'server', 'conn=b;srv=_rpc._tcp.example.org')
            modparam("janssonrpcc", "server", "addr=10.0.0.3;port=3")
            modparam("janssonrpcc", "server", "conn=b;addr=10.0.0.4")
            modparam("janssonrpcc|other", "retry_codes", "-32603, -32000..-32099")
            modparam("janssonrpcc", "min_srv_ttl", 300)
            modparam("janssonrpcc", "keep_alive", 60)
            modparam("janssonrpcc", "new_one", "x")
            """);
        ImportedPool pool = Assert.Single(import.Pools).Value;
        Assert.Equal("10.0.0.1:1,30 [::1]:2,10", Servers(pool));
        Assert.Equal([3, 1], pool.Servers.Select(server => server.Weight));
        Assert.Equal("-32603, -32099..-32000", pool.RetryOn!.ToString());
        string[] notes = Notes(import);
        Assert.All(
            [
                "line 5: weight 0 became 1", "line 6: the server 'conn=b;srv=_rpc._tcp.example.org' was not taken over: the gateway asks no SRV records",
                "line 7: the server 'addr=10.0.0.3;port=3' was not taken over: it has no conn", "line 8: the server 'conn=b;addr=10.0.0.4' was not taken over: it has no addr or no port",
                "line 10: min_srv_ttl was not taken over", "line 11: keep_alive was not taken over", "line 12: janssonrpcc's 'new_one' = 'x' was not taken over",
            ],
            expected => Assert.Contains(notes, note => note.StartsWith(expected, StringComparison.Ordinal)));
    }

    [Fact]
    public void Jsonrpcc_FaultyOrUnknown_IsNamed()
    {
        ModuleImport import = Text("modparam(\"jsonrpcc\", \"servers\", \"nonsense\")\nmodparam(\"jsonrpcc\", \"max_conn_attempts\", \"x\")");
        Assert.Empty(import.Pools);
        Assert.Contains(Notes(import), note => note.StartsWith("line 1: jsonrpcc's servers were not taken over: server 1", StringComparison.Ordinal));
        Assert.Contains("line 2: jsonrpcc's 'max_conn_attempts' = 'x' was not taken over", Notes(import));
    }

    [Fact]
    public void Includes_AndDefines_AreFollowed()
    {
        var files = new Dictionary<string, string>
        {
            ["a.inc"] = "\n#!define LIST \"10.0.0.1:1,5\"\nmodparam(\"jsonrpcc\", \"servers\", LIST)\ninclude_file \"a.inc\"",
        };
        var import = new ModuleImport("#!KAMAILIO\ninclude_file \"a.inc\"\nimport_file \"gone.inc\"\n#!subst \"/a/b/\"", new Dictionary<string, string>(), files.GetValueOrDefault);
        Assert.Equal("10.0.0.1:1,5", Servers(import.Pools["default"]));
        string[] notes = Notes(import);
        Assert.Contains("line 3: the included file 'gone.inc' was not read", notes);
        Assert.Contains("line 4: #!subst is not read", notes);
        // It includes itself; that ends somewhere.
        Assert.Contains("a.inc line 4: the included file 'a.inc' was not read: it would include itself", notes);
        Assert.Contains(notes, note => note.StartsWith("a.inc line 3: max_conn_attempts", StringComparison.Ordinal));
    }

    [Fact]
    public void Text_CutAnywhere_IsReadWithoutAnException()
    {
        string text = File.ReadAllText(Path.Combine(Folder, "janssonrpcc.cfg"));
        for (int length = 0; length <= text.Length; length++) Text(text[..length]);
    }

    [Fact(Timeout = 20_000)]
    public Task Script_ThatNamesItself_IsReadOnce()
    {
        var tokens = new List<ScriptToken>();
        var script = new ScriptTokenizer(new Dictionary<string, string>(), _ => "include_file \"x\"\ninclude_file \"x\"\n", tokens.Add);
        script.Read("#!define A A A A A A A A A A\n#!define B C\n#!define C B C\nA B\ninclude_file \"x\"");
        Assert.Equal("A A A A A A A A A B C", string.Join(' ', tokens.Select(token => token.Value).Where(value => value != "include_file")));
        Assert.Equal(["x line 1: the included file 'x' was not read: it would include itself", "x line 2: the included file 'x' was not read: it would include itself"], script.Notes.Select(note => note.ToString()));
        return Task.CompletedTask;
    }

    private static ModuleImport Of(string file, string defines) => new(
        File.ReadAllText(Path.Combine(Folder, file)),
        defines.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(name => name, _ => ""),
        name => File.ReadAllText(Path.Combine(Folder, name)));

    private static ModuleImport Text(string text) => new(text, new Dictionary<string, string>(), _ => null);

    private static string Servers(ImportedPool pool) => string.Join(' ', pool.Servers.Select(server => $"{server},{server.Priority}"));

    private static string[] Notes(ModuleImport import) => [.. import.Notes.Select(note => note.ToString())];
}
