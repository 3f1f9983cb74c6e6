namespace Rx.JsonRpc.Tool.Demo;

/// <summary>What can be seen at one moment.</summary>
/// <param name="At">How long the demonstration has run.</param>
/// <param name="Phase">What has just happened.</param>
/// <param name="Servers">Each server: its state, its answers so far and in the last second.</param>
/// <param name="Suspended">Pieces of work that wait just now.</param>
internal sealed record DemoFrame(TimeSpan At, string Phase, IReadOnlyList<DemoFrame.Seen> Servers, int Suspended)
{
    internal readonly record struct Seen(DemoServer Server, bool IsUp, long Answers, double PerSecond);
}
