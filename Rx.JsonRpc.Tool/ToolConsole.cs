using System.Text;

namespace Rx.JsonRpc.Tool;

/// <summary>Where a command writes: the process's streams, or a test's.</summary>
internal sealed record ToolConsole(TextWriter Out, TextWriter Error)
{
    private readonly Lock _lines = new();

    /// <summary>Whether a person looks at the output, so that it may move and have colours.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>How many characters a line of the output has room for.</summary>
    public int Width { get; init; } = int.MaxValue;

    /// <summary>Whether a person looks at the error output.</summary>
    public bool ErrorIsTerminal { get; init; }

    public static ToolConsole OfProcess() => Of(StandardStream.Output(), StandardStream.Error()) with
    {
        OutIsTerminal = !Console.IsOutputRedirected,
        Width = !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Console.WindowWidth : int.MaxValue,
        ErrorIsTerminal = !Console.IsErrorRedirected,
    };

    // System.Console would write in the locale's encoding; results have to come out byte for byte.
    public static ToolConsole Of(Stream output, Stream error) =>
        new(Utf8(new OutputStream("standard output", output)), Utf8(new OutputStream("standard error", error)));

    /// <summary>Writes one line, whatever the text holds; from any thread.</summary>
    /// <exception cref="OutputFailedException">It could not be written.</exception>
    public void Line(string text) => Write(OneLine.Of(text));

    /// <summary>
    /// Writes JSON that the user asked for: untouched into a file or a pipe; on a terminal with escapes for what could steer the terminal.
    /// </summary>
    /// <exception cref="OutputFailedException">It could not be written.</exception>
    public void Json(string json) => Write(OutIsTerminal ? string.Join('\n', json.Split('\n').Select(OneLine.OfJson)) : json);

    /// <summary>Writes a line for a person, from any thread: broken between words where the terminal is narrow.</summary>
    /// <exception cref="OutputFailedException">It could not be written.</exception>
    public void Prose(string text)
    {
        foreach (string line in WrappedText.Lines(text, Width)) Line(line);
    }

    /// <summary>Writes one line, from any thread; for a line that a command does not live by.</summary>
    /// <returns>Whether it could be written.</returns>
    public bool TryLine(string text) => TryWrite(Out, text);

    /// <summary>Writes one line to the error output, whatever the text holds; from any thread. What a command does never depends on it.</summary>
    /// <returns>Whether it could be written.</returns>
    public bool ErrorLine(string text) => TryWrite(Error, text);

    private void Write(string text)
    {
        lock (_lines) Out.WriteLine(text);
    }

    private bool TryWrite(TextWriter writer, string text)
    {
        try
        {
            lock (_lines) writer.WriteLine(OneLine.Of(text));
            return true;
        }
        catch (OutputFailedException)
        {
            return false;
        }
    }

    private static StreamWriter Utf8(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
}
