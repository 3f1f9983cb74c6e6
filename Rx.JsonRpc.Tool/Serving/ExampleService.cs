namespace Rx.JsonRpc.Tool.Serving;

/// <summary>A small service to try a client on: it answers well, late, with errors, or not at all.</summary>
internal static class ExampleService
{
    public const string Methods =
        """
        Methods:
          echo      the parameters back
          get_user  {"id": 1234} or [1234]: a made-up user
          add       {"a": 1, "b": 2} or [1, 2]: the sum
          slow      {"ms": 100} or [100]: answers that much later
          fail      {"code": -32000, "message": "no", "data": 1} or [-32000, "no", 1]: that error
          silent    never answers
          close     drops the connection
        """;

    private const int LongestSleep = 3_600_000;

    /// <summary>Answers the calls of a listener from now on.</summary>
    public static void Start(JsonRpcListener listener)
    {
        listener.Calls.Subscribe(Otherwise);
        listener.Start(new MethodTable()
            .On("echo", parameters => parameters)
            .On("get_user", GetUser)
            .On("add", Add)
            .On("slow", SlowAsync)
            .On("fail", Fail)
            .On("silent", SilentAsync));
    }

    private static void Otherwise(IncomingCall call)
    {
        if (call.Method == "close") call.Disconnect();
        else call.TryFail(new JsonRpcError(JsonRpcError.MethodNotFound, "Method not found"));
    }

    private static RawJson GetUser(RawJson parameters)
    {
        int id = new CallArguments("get_user", parameters).Whole("id", 0, 0, int.MaxValue);
        return RawJson.From(new User(id, $"user{id}", $"sip:user{id}@example.org"), ExampleJson.Default.User);
    }

    private static RawJson Add(RawJson parameters)
    {
        var arguments = new CallArguments("add", parameters);
        decimal a = arguments.Number("a", 0);
        decimal b = arguments.Number("b", 1);
        try
        {
            return RawJson.From(a + b, ExampleJson.Default.Decimal);
        }
        catch (OverflowException)
        {
            throw new ErrorReplyException(new JsonRpcError(JsonRpcError.InvalidParams, "add: the sum is too large"));
        }
    }

    private static async ValueTask<RawJson> SlowAsync(RawJson parameters, CancellationToken disconnected)
    {
        int ms = new CallArguments("slow", parameters).Whole("ms", 0, 0, LongestSleep);
        await Task.Delay(ms, disconnected).ConfigureAwait(false);
        return RawJson.From(new Slept(ms), ExampleJson.Default.Slept);
    }

    private static RawJson Fail(RawJson parameters)
    {
        var arguments = new CallArguments("fail", parameters);
        int code = arguments.Whole("code", 0, int.MinValue, int.MaxValue, usual: -32000);
        throw new ErrorReplyException(new JsonRpcError(code, arguments.Text("message", 1, "failed, as asked"), arguments.Json("data", 2)));
    }

    private static async ValueTask<RawJson> SilentAsync(RawJson parameters, CancellationToken disconnected)
    {
        await Task.Delay(Timeout.Infinite, disconnected).ConfigureAwait(false);
        return default;
    }
}
