using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Execution;

/// <summary>60 days and <see cref="TimeSpan.MaxValue"/> work wherever a duration is taken, or are refused by the name of what took them.</summary>
public class DurationTests
{
    public static TheoryData<string> Cases => [.. DurationCases.All.Keys];

    [Fact]
    public void EveryPublicDuration_HasACase()
    {
        IEnumerable<string> missing = PublicDurations.All.Except(DurationCases.All.Keys).Except(DurationCases.NoWaits);
        Assert.True(!missing.Any(), $"{string.Join(", ", missing)}: takes a duration. Schedule it by clock.After (Rx.JsonRpc/Execution/Delays.cs), "
            + "add times with PlusCapped, and add a case that runs it to DurationCases (or to DurationCases.NoWaits when nothing ever waits for it).");
    }

    [Fact]
    public void Cases_NameMembersThatAreThere() =>
        Assert.Empty(DurationCases.All.Keys.Concat(DurationCases.NoWaits).Except(PublicDurations.All));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Duration_OfSixtyDays_WorksOrIsRefusedByName(string member) => Run(member, TimeSpan.FromDays(60));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Duration_MaxValue_WorksOrIsRefusedByName(string member) => Run(member, TimeSpan.MaxValue);

    [Fact]
    public void Deadline_EndOfTheCalendar_Works()
    {
        var world = new ClientInVirtualTime(NarrowClock.AsTimers());
        JsonRpcClient client = world.Client("a");
        var policy = new RequestPolicy { Deadline = DateTimeOffset.MaxValue, TotalTimeout = TimeSpan.MaxValue };
        Assert.Equal("\"a\"", world.Subscribe(client.Request("m", policy: policy)).Value.ToString());
    }

    private static void Run(string member, TimeSpan due)
    {
        foreach (NarrowClock clock in new[] { NarrowClock.AsTimers(), NarrowClock.AsCalendar() })
        {
            try
            {
                DurationCases.All[member](due, clock);
            }
            catch (ArgumentException refusal) when (refusal is not ArgumentOutOfRangeException)
            {
                Assert.Contains(member.Split('.')[1], refusal.Message);
            }
        }
    }
}
