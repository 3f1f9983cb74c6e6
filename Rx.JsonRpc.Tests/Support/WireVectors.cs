using System.Text.Json;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>The vectors in Data/: one JSON object a line.</summary>
internal static class WireVectors
{
    public static IEnumerable<JsonElement> Read(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", file)).Select(line => JsonElement.Parse(line));

    public static string Name(this JsonElement vector) => vector.GetProperty("name").GetString()!;

    public static byte[] Bytes(this JsonElement vector) => Convert.FromHexString(vector.GetProperty("hex").GetString()!);

    public static string? Text(this JsonElement vector, string member) =>
        vector.TryGetProperty(member, out JsonElement value) ? value.GetString() : null;
}
