using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// Parameters with half a surrogate pair (<c>"\ud800"</c>): well-formed JSON, but no text. System.Text.Json reads it lazily, so that it is
/// the handler's code that meets the exception; the fault is the caller's all the same.
/// </summary>
internal static class BadText
{
    /// <summary>Whether an exception comes from reading such a text in these parameters.</summary>
    public static bool IsBehind(Exception thrown, RawJson parameters) =>
        thrown is JsonException or InvalidOperationException or ArgumentException
        && thrown.Source?.StartsWith("System.Text.Json", StringComparison.Ordinal) == true
        && IsIn(parameters);

    private static bool IsIn(RawJson parameters)
    {
        if (parameters.IsEmpty) return false;
        var reader = new Utf8JsonReader(parameters.Utf8.Span, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        while (reader.Read())
        {
            bool isText = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName;
            if (isText && reader.ValueIsEscaped && JsonStrings.TextAt(in reader) is null) return true;
        }
        return false;
    }
}
