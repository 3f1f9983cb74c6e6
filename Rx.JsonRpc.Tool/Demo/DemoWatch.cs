using System.Diagnostics;

namespace Rx.JsonRpc.Tool.Demo;

/// <summary>Looks at load and servers, and works out the rates between two looks.</summary>
internal sealed class DemoWatch(DemoLoad load, IReadOnlyList<DemoServer> servers)
{
    // One rate over about a second, however often somebody looks.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Queue<(TimeSpan At, long[] Answers)> _looks = new();

    public DemoFrame Look(string phase)
    {
        TimeSpan at = Stopwatch.GetElapsedTime(_began);
        long[] answers = [.. servers.Select(server => load.AnsweredBy(server.Name))];
        while (_looks.Count > 1 && at - _looks.Peek().At > Window) _looks.Dequeue();
        (TimeSpan since, long[] before) = _looks.Count > 0 ? _looks.Peek() : (TimeSpan.Zero, new long[answers.Length]);
        _looks.Enqueue((at, answers));
        double seconds = Math.Max(0.001, (at - since).TotalSeconds);
        IEnumerable<DemoFrame.Seen> seen = servers.Select(
            (server, i) => new DemoFrame.Seen(server, server.IsUp, answers[i], (answers[i] - before[i]) / seconds));
        return new DemoFrame(at, phase, [.. seen], load.Suspended);
    }
}
