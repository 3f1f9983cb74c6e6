using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>How the configuration file is read: comments and trailing commas are welcome, a member that comes twice is not.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    AllowDuplicateProperties = false,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters =
    [
        typeof(DurationConverter), typeof(WholeNumberConverter), typeof(NumberConverter), typeof(SwitchConverter), typeof(ReplayConverter),
        typeof(WhenDisconnectedConverter),
    ])]
[JsonSerializable(typeof(GatewayConfig))]
internal sealed partial class ConfigJson : JsonSerializerContext;
