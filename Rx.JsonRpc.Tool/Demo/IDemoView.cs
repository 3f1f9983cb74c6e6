namespace Rx.JsonRpc.Tool.Demo;

/// <summary>Shows the demonstration while it runs.</summary>
internal interface IDemoView
{
    /// <summary>How often it wants to be shown something.</summary>
    TimeSpan Interval { get; }

    /// <summary>Something has happened to the servers.</summary>
    void Phase(DemoFrame frame);

    /// <summary>Time has passed.</summary>
    void Show(DemoFrame frame);
}
