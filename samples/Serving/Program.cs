// dotnet run --project samples/Serving -- 9999
using System.Globalization;
using System.Net;
using Rx.JsonRpc;

int port = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9999;
var stop = new TaskCompletionSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.TrySetResult();
};

// Quoted in README.md:
var getUser = Method<GetUser, User>.Create("get_user");
await using var listener = new JsonRpcListener(new IPEndPoint(IPAddress.Loopback, port));
listener.Connections.Subscribe(Console.WriteLine);
listener.Failures.Subscribe(Console.WriteLine);
listener.Calls.Subscribe(call => call.TryFail(new JsonRpcError(-32601, $"no {call.Method} here")));
listener.Start(new MethodTable()
    .On(getUser, request => request.Id > 0
        ? new User(request.Id, $"user{request.Id}")
        : throw new ErrorReplyException(new JsonRpcError(-32000, "no such user")))
    .On("echo", parameters => parameters));
// End of quotation.

Console.WriteLine($"listening on {listener.LocalEndPoint}; Ctrl-C stops");
await stop.Task;
await listener.StopAsync(TimeSpan.FromSeconds(1));

internal sealed record GetUser(int Id);

internal sealed record User(int Id, string Name);
