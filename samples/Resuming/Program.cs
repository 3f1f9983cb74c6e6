// Start a service first: dotnet run --project Rx.JsonRpc.Tool -- serve
// Then: dotnet run --project samples/Resuming -- "127.0.0.1:9999,2 127.0.0.1:9998,1"
using System.Reactive.Concurrency;
using Resuming;
using Rx.JsonRpc;

await using var client = new JsonRpcClient(args.Length > 0 ? args[0] : "127.0.0.1:9999,2 127.0.0.1:9998,1");

var getUser = Method<GetUser, User>.Create("get_user", idempotent: true);
var silent = Method<GetUser, User>.Create("silent");

var answered = new Transaction("answered");
var late = new Transaction("late");
var givenUp = new Transaction("given up");

// Quoted in README.md:
client.Call(getUser, new GetUser(1234)).Resume(
    answered,
    onResult: static (transaction, user) => transaction.Reply(200, user.Name),
    onError: static (transaction, outcome) => transaction.Reply(500, outcome.Reason));
// End of quotation.

// Nobody answers: onError is called with the reason "timeout".
client.Call(silent, new GetUser(1)).Resume(late, Accept, Refuse);

// Nobody waits any more: disposing resumes as "cancelled", before Dispose returns.
IDisposable waiting = client.Call(silent, new GetUser(2)).Resume(givenUp, Accept, Refuse);
waiting.Dispose();

// Suspended with a deadline of its own, and then anew: an answer to the first suspension never resumes the second one.
var again = new Transaction("again");
var work = new SuspendedWork<User>(outcome => again.Reply(outcome.Kind == OutcomeKind.Result ? 200 : 500, outcome.Reason));
Suspension<User> first = work.Suspend();
first.TryResume(Outcome<User>.Cancelled());
client.Call(silent, new GetUser(3)).Resume(work.Suspend(TimeSpan.FromMilliseconds(100), DefaultScheduler.Instance));
bool inert = !first.TryResume(new Outcome<User> { Result = new User(3, "too late") });

Transaction[] all = [answered, late, givenUp];
await Task.WhenAll(all.Select(transaction => transaction.Resumed)).WaitAsync(TimeSpan.FromSeconds(10));
foreach (Transaction transaction in all) Console.WriteLine(transaction);
await Task.Delay(200);
Console.WriteLine($"{again} for two suspensions; the old answer was {(inert ? "inert" : "heard")}");
return inert && again.Times == 2 && all.All(transaction => transaction.Times == 1) ? 0 : 1;

static void Accept(Transaction transaction, User user) => transaction.Reply(200, user.Name);

static void Refuse(Transaction transaction, Outcome<User> outcome) => transaction.Reply(500, outcome.Reason);
