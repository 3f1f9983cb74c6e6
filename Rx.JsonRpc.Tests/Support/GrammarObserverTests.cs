using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Rx.JsonRpc.Tests.Support;

public class GrammarObserverTests
{
    [Fact]
    public void CheckGrammar_ProperSequence_Passes() =>
        Assert.Equal([1, 2, 3], Observable.Range(1, 3).CheckGrammar().ToEnumerable());

    [Fact]
    public void CheckGrammar_ValueAfterCompletion_Throws() =>
        Assert.Equal("OnNext follows OnCompleted", FaultOf(observer =>
        {
            observer.OnCompleted();
            observer.OnNext(1);
        }));

    [Fact]
    public void CheckGrammar_CompletionAfterError_Throws() =>
        Assert.Equal("OnCompleted follows OnError", FaultOf(observer =>
        {
            observer.OnError(new TimeoutException());
            observer.OnCompleted();
        }));

    [Fact]
    public void CheckGrammar_ErrorInsideOnNext_Throws()
    {
        var subject = new Subject<int>();
        using IDisposable subscription = subject.CheckGrammar().Subscribe(_ => subject.OnError(new TimeoutException()), _ => { });

        Assert.Equal("OnError overlaps OnNext", Assert.Throws<GrammarException>(() => subject.OnNext(1)).Message);
    }

    [Fact]
    public void CheckGrammar_ValueAfterDispose_Throws()
    {
        IObserver<int>? speaker = null;
        var source = new RawObservable<int>(observer => speaker = observer);
        source.CheckGrammar().Subscribe(_ => { }).Dispose();

        Assert.Equal("OnNext follows Dispose", Assert.Throws<GrammarException>(() => speaker!.OnNext(1)).Message);
    }

    [Fact]
    public void GrammarObserver_TwoThreadsAtOnce_Records()
    {
        using var inside = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var watch = new GrammarObserver<int>(System.Reactive.Observer.Create<int>(_ =>
        {
            inside.Set();
            release.Wait();
        }));
        var slow = new Thread(() => watch.OnNext(1));
        slow.Start();
        inside.Wait();

        Assert.Throws<GrammarException>(watch.OnCompleted);

        release.Set();
        slow.Join();
        Assert.Equal(["OnCompleted overlaps OnNext"], watch.Faults);
    }

    private static string FaultOf(Action<IObserver<int>> speak)
    {
        IObserver<int> silent = System.Reactive.Observer.Create<int>(_ => { }, _ => { }, () => { });
        return Assert.Throws<GrammarException>(() => new RawObservable<int>(speak).CheckGrammar().Subscribe(silent)).Message;
    }
}
