// Start a service first: dotnet run --project Rx.JsonRpc.Tool -- serve
// Then: dotnet run --project samples/Calling -- "127.0.0.1:9999,2 127.0.0.1:9998,1"
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Calling;
using Rx.JsonRpc;

await using var client = new JsonRpcClient(args.Length > 0 ? args[0] : "127.0.0.1:9999,2 127.0.0.1:9998,1");
client.Changes.Subscribe(Console.WriteLine);

// The result, or an exception that tells the whole story.
try
{
    User user = await client.Request(Methods.GetUser, new GetUser(1234));
    Console.WriteLine($"get_user: {user.Name}");
}
catch (JsonRpcException failure)
{
    Console.WriteLine($"get_user: {failure.Message}");
    return 1;
}

// Quoted in README.md:
// An error reply as a value: the server is alive and said no.
Reply<RawJson> reply = await client.Call("fail", RawJson.Parse("""{"code": -32000, "message": "no credit"}"""));
Console.WriteLine(reply.IsError ? $"error {reply.Error!.Code}: {reply.Error.Message}" : $"result {reply.Result}");
foreach (Attempt attempt in reply.Attempts) Console.WriteLine(attempt);

// The same as an exception.
try
{
    await client.Request("fail", RawJson.Parse("""{"code": -32000, "message": "no credit"}"""));
}
catch (ErrorReplyException failure)
{
    Console.WriteLine(failure.Error.Code);
}
// End of quotation.

// Quoted in README.md:
// A notification completes when its bytes were handed to a socket.
await client.Notify("log", RawJson.Parse("""{"text": "hello"}"""));
// End of quotation.

// Quoted in README.md:
var patient = new RequestPolicy
{
    TryTimeout = TimeSpan.FromMilliseconds(300),
    TotalTimeout = TimeSpan.FromSeconds(10),
    Retries = -1,
    RetryOn = ErrorCodes.Parse("-32603, -32099..-32000"),
};
RawJson sum = await client.Request("add", RawJson.Parse("[1, 2]"), patient);
// End of quotation.
Console.WriteLine($"add: {sum}");

// Quoted in README.md:
using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
RawJson total = await client.RequestAsync("add", RawJson.Parse("[1, 2]"), cancellationToken: stop.Token);
// End of quotation.
Console.WriteLine($"add: {total}");

// Cancelling unsubscribes, and that cancels the attempt.
using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
try
{
    await client.Request("silent").ToTask(cancelled.Token);
}
catch (OperationCanceledException)
{
    Console.WriteLine("silent: no longer waited for");
}
return 0;
