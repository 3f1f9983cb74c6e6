using Rx.JsonRpc.Tool.Logging;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>Shows a gateway while it runs. Called from any thread, one call at a time.</summary>
internal interface IGatewayView
{
    /// <summary>Something has happened.</summary>
    /// <exception cref="IOException">It could not be shown.</exception>
    void Tell(GatewayEvent happened);

    /// <summary>Time has passed.</summary>
    void Show(GatewayFrame frame);
}

/// <summary>Lines of JSON, one for each thing that happens, and nothing else.</summary>
internal sealed class JsonLinesView(ToolConsole console) : IGatewayView
{
    private readonly WholeLines _lines = new(console.Line);

    public void Tell(GatewayEvent happened) => _lines.Write(happened.ToJson());

    public void Show(GatewayFrame frame)
    {
    }
}
