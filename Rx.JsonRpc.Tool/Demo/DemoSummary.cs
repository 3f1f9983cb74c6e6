using System.Globalization;

namespace Rx.JsonRpc.Tool.Demo;

/// <summary>What came of every piece of work.</summary>
internal sealed record DemoSummary
{
    public required int Calls { get; init; }

    public required IReadOnlyList<(DemoServer Server, int Answers)> Answered { get; init; }

    public required int Moved { get; init; }

    /// <summary>Those of the moved that had been sent to a server when it died.</summary>
    public required int MovedInFlight { get; init; }

    public required int Once { get; init; }

    public required int MoreThanOnce { get; init; }

    public required int Never { get; init; }

    /// <summary>Pieces without the result that they waited for, and why.</summary>
    public required IReadOnlyList<(string Reason, int Count)> Lost { get; init; }

    /// <summary>Whether the demonstration has shown what it set out to show.</summary>
    public bool AllIsWell => Calls > 0 && Once == Calls && Lost.Count == 0;

    public static DemoSummary Of(IReadOnlyList<SuspendedWork> work, IEnumerable<DemoServer> servers) => new()
    {
        Calls = work.Count,
        Answered = [.. servers.Select(server => (server, work.Count(piece => piece.AnsweredBy == server.Name)))],
        Moved = work.Count(piece => piece is { Moved: true, AnsweredBy: not null }),
        MovedInFlight = work.Count(piece => piece is { WasInFlight: true, AnsweredBy: not null }),
        Once = work.Count(piece => piece.Resumed == 1),
        MoreThanOnce = work.Count(piece => piece.Resumed > 1),
        Never = work.Count(piece => piece.Resumed == 0),
        Lost = [.. work.Where(piece => piece.AnsweredBy is null)
                       .GroupBy(piece => piece.Resumed == 0 ? "never resumed" : piece.Reason)
                       .Select(group => (group.Key, group.Count()))],
    };

    public IEnumerable<string> ToLines()
    {
        yield return Line("calls made", Calls);
        foreach ((DemoServer server, int answers) in Answered)
        {
            yield return Line($"answered by {server.Name} (priority {server.Priority})", answers);
        }
        yield return Line("moved to another server", Moved);
        yield return Line("  in flight when it died", MovedInFlight);
        yield return Line("resumed exactly once", Once);
        yield return Line("resumed more than once", MoreThanOnce);
        yield return Line("never resumed", Never);
        yield return Line("lost", Lost.Sum(reason => reason.Count));
        foreach ((string reason, int count) in Lost) yield return Line($"  {reason}", count);
        yield return AllIsWell
            ? "Nothing was lost: every suspended piece of work was resumed exactly once, with its result."
            : "Not as it should be: see the lines above that should be 0.";
    }

    private static string Line(string what, int count) => string.Create(CultureInfo.InvariantCulture, $"{what,-28} {count,9:#,0}");
}
