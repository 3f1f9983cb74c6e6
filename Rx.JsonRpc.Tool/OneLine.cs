namespace Rx.JsonRpc.Tool;

/// <summary>Text that came from a file or from the network, on one line of a terminal.</summary>
internal static class OneLine
{
    /// <summary>With a space for each line end and each control character: they could move the cursor, or pass for a line of ours.</summary>
    public static string Of(string text) =>
        string.Create(text.Length, text, static (line, text) =>
        {
            for (int i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029' ? ' ' : text[i];
        });
}
