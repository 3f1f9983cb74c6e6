using System.Text;
using System.Text.Json;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Testing;

/// <summary>One line of a script: what comes back, and after how long.</summary>
public sealed class ScriptedAnswer
{
    private Action<FrameConnection, RawJson> _give = (_, _) => { };

    internal TimeSpan Delay { get; private set; }

    /// <summary>A result.</summary>
    /// <param name="json">Its JSON.</param>
    /// <returns>This answer.</returns>
    /// <exception cref="FormatException">The text is no JSON.</exception>
    public ScriptedAnswer Result(string json)
    {
        RawJson result = RawJson.Parse(json);
        return Gives((connection, id) => Send(connection, $$"""{"jsonrpc":"2.0","result":{{result}},"id":{{id}}}"""));
    }

    /// <summary>A JSON-RPC error.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="message">Its message.</param>
    /// <returns>This answer.</returns>
    public ScriptedAnswer Error(int code, string message)
    {
        string text = $"\"{JsonEncodedText.Encode(message)}\"";
        return Gives((connection, id) =>
            Send(connection, FormattableString.Invariant($$$"""{"jsonrpc":"2.0","error":{"code":{{{code}}},"message":{{{text}}}},"id":{{{id}}}}""")));
    }

    /// <summary>Nothing, ever.</summary>
    /// <returns>This answer.</returns>
    public ScriptedAnswer Never() => Gives((_, _) => { });

    /// <summary>The end of the connection in place of a reply.</summary>
    /// <returns>This answer.</returns>
    public ScriptedAnswer Close() => Gives((connection, _) => connection.Dispose());

    /// <summary>A frame of this payload, whatever it is.</summary>
    /// <param name="payload">The payload.</param>
    /// <returns>This answer.</returns>
    public ScriptedAnswer Frame(string payload) => Gives((connection, _) => Send(connection, payload));

    /// <summary>It comes so long after the call; at once unless said.</summary>
    /// <param name="delay">How long.</param>
    /// <returns>This answer.</returns>
    public ScriptedAnswer After(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Delay = delay;
        return this;
    }

    internal void Give(FrameConnection connection, RawJson id) => _give(connection, id);

    private static void Send(FrameConnection connection, string payload) => connection.TrySend(Encoding.UTF8.GetBytes(payload));

    private ScriptedAnswer Gives(Action<FrameConnection, RawJson> give)
    {
        _give = give;
        return this;
    }
}
