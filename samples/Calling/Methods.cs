using System.Text.Json.Serialization;
using Rx.JsonRpc;

namespace Calling;

internal sealed record GetUser(int Id);

internal sealed record User(int Id, string Name);

// Quoted in README.md:
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GetUser))]
[JsonSerializable(typeof(User))]
internal sealed partial class ServiceJson : JsonSerializerContext;

internal static class Methods
{
    public static readonly Method<GetUser, User> GetUser =
        new("get_user", ServiceJson.Default.GetUser, ServiceJson.Default.User, idempotent: true);
}
// End of quotation.
