using System.Reactive.Linq;
using Rx.JsonRpc;

var getUser = Method<GetUser, User>.Create("get_user", idempotent: true);
await using var client = new JsonRpcClient("127.0.0.1:9999,2 127.0.0.1:9998,1");

User user = await client.Request(getUser, new GetUser(1234));
Console.WriteLine(user.Name);

internal sealed record GetUser(int Id);
internal sealed record User(int Id, string Name);
