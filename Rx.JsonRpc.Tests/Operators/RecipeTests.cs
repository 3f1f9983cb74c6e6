using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>The operators alone, put together by hand as the README shows it: plain names for servers, nothing else of the client.</summary>
public sealed class RecipeTests : ReactiveTest
{
    [Fact]
    public void Recipe_ServerIsSilent_NextOneAnswers()
    {
        var time = new TestScheduler();
        string[][] groups = [["silent"], ["backup"]];

        long due = Subscribed + RequestPolicy.Default.TryTimeout.Ticks;

        ITestableObserver<string> seen = time.Start(
            () => Recipe(groups, server => server == "silent" ? Observable.Never<string>() : Observable.Return(server), RequestPolicy.Default, time),
            Created, Subscribed, disposed: 2 * due);

        seen.Messages.AssertEqual(OnNext(due, "backup"), OnCompleted<string>(due));
    }

    private static IObservable<T> Recipe<T>(
        IEnumerable<IEnumerable<string>> groups, Func<string, IObservable<T>> call, RequestPolicy policy, IScheduler clock)
    {
        Func<Exception, bool> mayMove = failure => failure is TimeoutException or AggregateException;
        return
            // Quoted in README.md:
            groups.FailoverByPriority(server => call(server).Within(policy.TryTimeout, clock), mayMove)
                  .RetryWithBackoff(policy.Retries, policy.Backoff, clock, mayMove)
                  .Within(policy.TotalTimeout, clock);
        // End of quotation.
    }
}
