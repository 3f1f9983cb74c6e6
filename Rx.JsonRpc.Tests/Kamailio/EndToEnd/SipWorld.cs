using System.Net;
using System.Net.Sockets;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Tests.Rules;
using Rx.JsonRpc.Tests.Transport;

namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>A real Kamailio with the route library of the samples, SIPp in front of it, and a gateway behind.</summary>
internal sealed class SipWorld : IAsyncDisposable
{
    private static readonly string Data = Path.Combine(AppContext.BaseDirectory, "Data", "kamailio");

    private readonly TemporaryFolder _folder = new();
    private readonly List<OwnProcess> _kamailios = [];
    private readonly int _sipPort = FreeUdpPort();
    private readonly int _evapiPort = Loopback.RefusedPort();
    private readonly TimeSpan _frTimer;
    private int _runs;

    private SipWorld(TimeSpan frTimer) => _frTimer = frTimer;

    public EvapiGateway Gateway { get; private set; } = null!;

    public JsonRpcClient Client { get; private set; } = null!;

    public string Evapi => $"127.0.0.1:{_evapiPort}";

    private OwnProcess Kamailio => _kamailios[^1];

    /// <summary>Starts Kamailio; skips the test where it is missing.</summary>
    /// <param name="frTimer">When Kamailio gives a transaction up; 4 s unless said.</param>
    /// <param name="library">The route library; that of the samples unless said.</param>
    /// <param name="change">What the test changes in it.</param>
    public static async Task<SipWorld> StartAsync(TimeSpan? frTimer = null, string? library = null, Func<string, string>? change = null)
    {
        Installed.OrSkip();
        var world = new SipWorld(frTimer ?? TimeSpan.FromSeconds(4));
        Directory.CreateDirectory(world._folder.File("empty"));
        File.Copy(Path.Combine(Data, "endtoend.cfg"), world._folder.File("endtoend.cfg"));
        library ??= Path.Combine(Repository.Root, "samples", "kamailio", "rxrpc.cfg");
        string script = await File.ReadAllTextAsync(library);
        const string Connected = "evapi_set_tag(\"rxrpc$shv(rxrpc_era)\");";
        Assert.Contains(Connected, script);
        if (change is not null) script = change(script);
        await File.WriteAllTextAsync(world._folder.File("rxrpc.cfg"), script.Replace(Connected, $"{Connected}\n\txlog(\"L_NOTICE\", \"gateway connected\\n\");"));
        world.StartKamailio();
        return world;
    }

    /// <summary>Starts a Kamailio whose module jsonrpcc is the client; skips the test where it is missing.</summary>
    /// <param name="servers">Its parameter <c>servers</c>.</param>
    public static async Task<SipWorld> StartJsonrpccAsync(string servers)
    {
        Installed.OrSkip();
        var world = new SipWorld(TimeSpan.FromSeconds(4));
        Directory.CreateDirectory(world._folder.File("empty"));
        string script = await File.ReadAllTextAsync(Path.Combine(Data, "jsonrpcc.cfg"));
        await File.WriteAllTextAsync(world._folder.File("endtoend.cfg"), script.Replace("\"SERVERS\"", $"\"{servers}\""));
        world.StartKamailio();
        return world;
    }

    public void StartKamailio() => _kamailios.Add(OwnProcess.Start(
        Installed.Kamailio, _folder.File(""),
        "-f", _folder.File("endtoend.cfg"), "-DD", "-E", "-w", _folder.File("empty"), "-P", _folder.File("kamailio.pid"), "-m", "64", "-M", "8",
        "-A", $"SIPPORT={_sipPort}", "-A", $"FR={_frTimer.TotalMilliseconds}", "-A", $"RXRPC_BIND=\"{Evapi}\""));

    public Task KillKamailioAsync() => Kamailio.KillAsync();

    /// <summary>Completes when Kamailio has seen so many gateways come.</summary>
    public Task GatewayIsConnectedAsync(int times = 1) => LoggedAsync("gateway connected", times);

    /// <summary>Completes when so many lines of Kamailio's log hold the text.</summary>
    public Task LoggedAsync(string part, int times = 1) => Kamailio.Log.Contains(part, times);

    /// <summary>How many lines of Kamailio's log hold the text so far.</summary>
    public int LoggedTimes(string part) => Kamailio.Log.Count(part);

    /// <summary>A gateway in this process, with one pool.</summary>
    public async Task ServeAsync(IEnumerable<string> servers, RequestPolicy? policy = null, Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null)
    {
        var usual = new EvapiGatewayOptions();
        var options = new JsonRpcClientOptions
        {
            Servers = ServerList.Parse(string.Join(' ', servers)),
            Policy = policy ?? RequestPolicy.Default,
            RetryBudget = GatewayPool.RetryBudget(usual.MaxInFlight),
            Reconnect = new Backoff { Max = TimeSpan.FromMilliseconds(500) },
        };
        Client = new JsonRpcClient(change is null ? options : change(options));
        Gateway = new EvapiGateway(usual with { Sockets = [IPEndPoint.Parse(Evapi)], Pools = new Dictionary<string, JsonRpcClient> { ["main"] = Client } });
        Gateway.Serve();
        await GatewayIsConnectedAsync();
    }

    /// <summary>Completes with the next thing that was dropped for this reason; subscribe before it comes.</summary>
    public Task<ServerDiagnostic> NextDrop(DropReason reason) =>
        Client.Diagnostics.Where(dropped => dropped.Reason == reason).FirstAsync().Timeout(TimeSpan.FromSeconds(30)).ToTask();

    /// <summary>One OPTIONS with headers of its own.</summary>
    public async Task<SipCall> CallAsync(params string[] headers) => Assert.Single(await LoadAsync(1, 1, headers));

    /// <summary>One OPTIONS with a header of any bytes; the final answer as it came.</summary>
    public Task<string> RawCallAsync(string header, byte[] value) => RawSip.CallAsync(_sipPort, header, value);

    /// <summary>Sends requests and waits for their final answers; every one gets exactly one, whatever it is.</summary>
    /// <param name="rate">How many a second.</param>
    /// <param name="calls">How many.</param>
    /// <param name="headers">Headers of each request.</param>
    public Task<IReadOnlyList<SipCall>> LoadAsync(int rate, int calls, params string[] headers) => SippAsync("options.xml", rate, calls, headers);

    /// <summary>INVITE, 200, ACK, BYE.</summary>
    public Task<IReadOnlyList<SipCall>> InviteAsync(int calls, params string[] headers) => SippAsync("invite.xml", 20, calls, headers);

    /// <summary>No transaction was resumed twice, nor one that waited no more.</summary>
    public void AssertNoneResumedTwice()
    {
        foreach (OwnProcess kamailio in _kamailios)
        {
            string[] resumed = [.. kamailio.Log.Lines.Where(line => line.Contains("resumed ", StringComparison.Ordinal)).Select(line => line[line.LastIndexOf(' ')..])];
            Assert.Equal(resumed.Distinct().Count(), resumed.Length);
            Assert.Equal(0, kamailio.Log.Count("waits no more"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        if (Client is not null) await Client.DisposeAsync();
        foreach (OwnProcess kamailio in _kamailios) await kamailio.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<IReadOnlyList<SipCall>> SippAsync(string scenario, int rate, int calls, string[] headers)
    {
        int run = Interlocked.Increment(ref _runs);
        string file = _folder.File($"{run}.xml");
        string trace = _folder.File($"{run}.trace");
        string text = await File.ReadAllTextAsync(Path.Combine(Data, scenario));
        // A request without headers of its own has one that says nothing: SIPp takes an empty line for the end of the headers.
        await File.WriteAllTextAsync(file, text.Replace("@HEADERS@", string.Join('\n', headers.DefaultIfEmpty("X-None: 0").Select(header => $"      {header}"))));
        await using OwnProcess sipp = OwnProcess.Start(
            Installed.Sipp, _folder.File(""),
            $"127.0.0.1:{_sipPort}", "-sf", file, "-i", "127.0.0.1", "-p", $"{FreeUdpPort()}", "-r", $"{rate}", "-m", $"{calls}", "-l", $"{calls}",
            "-nostdin", "-trace_msg", "-message_file", trace, "-recv_timeout", "20000");
        int code = await sipp.ExitAsync(TimeSpan.FromSeconds(90));
        IReadOnlyList<SipCall> seen = SipTrace.Read(await File.ReadAllTextAsync(trace));
        Assert.True(code == 0, $"sipp ended with {code}:\n{string.Join('\n', sipp.Log.Lines.TakeLast(60))}");
        Assert.Equal(calls, seen.Count);
        Assert.All(seen, call => Assert.Single(call.Finals.Select(answer => answer.ToString()).Distinct()));
        return seen;
    }

    private static int FreeUdpPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
