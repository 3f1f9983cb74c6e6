namespace Rx.JsonRpc.Tool.Logging;

/// <summary>Lines of an output that may fail in the middle of one: the next line that it takes begins on a line of its own.</summary>
internal sealed class WholeLines(Action<string> line)
{
    private bool _isTorn;

    /// <exception cref="IOException">The output took nothing, or a part of the line.</exception>
    public void Write(string text)
    {
        try
        {
            line(_isTorn ? $"\n{text}" : text);
            _isTorn = false;
        }
        catch (IOException)
        {
            _isTorn = true;
            throw;
        }
    }
}
