using System.Text;
using System.Text.Json;

namespace Rx.JsonRpc;

/// <summary>What a method's name may be, and the bytes that it becomes.</summary>
internal static class MethodName
{
    private const string ReservedPrefix = "rpc.";

    public static void ThrowIfBad(string name, bool allowReserved)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!IsText(name)) throw new ArgumentException("The method name holds half of a surrogate pair, which JSON cannot carry.", nameof(name));
        if (!allowReserved && name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The method name '{name}' starts with 'rpc.', which JSON-RPC 2.0 reserves; allow reserved names explicitly to call it.", nameof(name));
        }
    }

    private static bool IsText(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i])) continue;
            if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[++i])) return false;
        }
        return true;
    }

    public static byte[] RequestPrefix(string name) =>
        Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","method":"{{JsonEncodedText.Encode(name)}}" """.TrimEnd());
}
