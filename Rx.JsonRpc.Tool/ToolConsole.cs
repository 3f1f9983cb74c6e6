using System.Text;

namespace Rx.JsonRpc.Tool;

/// <summary>Where a command writes: the process's streams, or a test's.</summary>
internal sealed record ToolConsole(TextWriter Out, TextWriter Error)
{
    private readonly Lock _lines = new();

    /// <summary>Whether a person looks at the output, so that it may move and have colours.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether a person looks at the error output.</summary>
    public bool ErrorIsTerminal { get; init; }

    // System.Console would write in the locale's encoding; results have to come out byte for byte.
    public static ToolConsole OfProcess() => new(Utf8(Console.OpenStandardOutput()), Utf8(Console.OpenStandardError()))
    {
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
    };

    /// <summary>Writes a line, from any thread.</summary>
    public void Line(string text)
    {
        lock (_lines) Out.WriteLine(text);
    }

    /// <summary>Writes a line to the error output, from any thread.</summary>
    public void ErrorLine(string text)
    {
        lock (_lines) Error.WriteLine(text);
    }

    private static StreamWriter Utf8(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
}
