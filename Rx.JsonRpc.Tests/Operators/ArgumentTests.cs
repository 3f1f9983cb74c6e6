using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>Arguments that cannot be used are refused where they are given, by name, and not where they are used first.</summary>
public class ArgumentTests
{
    private static readonly IObservable<Reply<int>> NoSource = null!;

    public static TheoryData<string, Action> Refused => new()
    {
        { "source", () => NoSource.Resume(1, (_, _) => { }, (_, _) => { }) },
        { "source", () => NoSource.Resume(new SuspendedWork<int>(_ => { }).Suspend()) },
        { "suspension", () => Observable.Never<Reply<int>>().Resume((Suspension<int>)null!) },
        { "source", () => NoSource.RetryWhenCalled((_, _) => null) },
        { "observer", () => Observable.Never<Reply<int>>().RetryWhenCalled((_, _) => null).Subscribe(null!) },
        { "items", () => ((IReadOnlyList<int>)null!).RoundRobin() },
        { "items", () => ((IReadOnlyList<int>)null!).TwoRandomChoices(_ => 1) },
        { "scheduler", () => new SuspendedWork<int>(_ => { }).Suspend(TimeSpan.FromSeconds(1), null!) },
        { "limit", () => new SuspendedWork<int>(_ => { }).Suspend(TimeSpan.FromTicks(-1), new TestScheduler()) },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Argument_Unusable_IsRefusedByName(string name, Action use) =>
        Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(use).ParamName);

    [Fact]
    public void Resume_SuspensionThatWaitsAlready_IsRefused()
    {
        Suspension<int> suspension = new SuspendedWork<int>(_ => { }).Suspend();
        Observable.Never<Reply<int>>().Resume(suspension);

        Assert.Throws<InvalidOperationException>(() => Observable.Never<Reply<int>>().Resume(suspension));
    }

    [Fact]
    public void TwoRandomChoices_SecondIsHeavier_ItsLoadCountsLessForItsWeight()
    {
        string[] names = ["a", "b"];

        Assert.Equal("b", names.TwoRandomChoices(name => name == "a" ? 3 : 5, name => name == "a" ? 1 : 2, () => 0).First());
    }
}
