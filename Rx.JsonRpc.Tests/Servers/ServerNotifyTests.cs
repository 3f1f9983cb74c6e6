using System.IO.Pipelines;
using System.Reactive;
using System.Text;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

public class ServerNotifyTests
{
    [Fact]
    public void Notify_DisposedWhileItIsHandedOver_KnowsWhetherItLeft() => Race.Run(
        40_000,
        () => new StuckWriter(),
        round => round.Release(),
        round => round.GiveUp(),
        round => Assert.Equal(round.Left ? Written.MaybeExecuted : Written.NotWritten, round.Told));

    /// <summary>A server whose writer has sent one notification, and goes on to the second when the far end reads.</summary>
    private sealed class StuckWriter : IDuplexPipe
    {
        private static readonly PipeOptions OneByOne = new(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 1,
            resumeWriterThreshold: 1,
            useSynchronizationContext: false);

        private static int _pause;

        private readonly Pipe _out = new(OneByOne);
        private readonly Pipe _in = new(OneByOne);
        private readonly OneServer _world;
        private readonly AttemptRecord _record;
        private readonly IDisposable _second;

        public StuckWriter()
        {
            _world = new OneServer(connect: (_, _) => new ValueTask<IDuplexPipe>(this));
            _world.Server.Start();
            Notify("first", out _);
            _second = Notify("second", out _record);
        }

        public PipeReader Input => _in.Reader;

        public PipeWriter Output => _out.Writer;

        public Written Told { get; private set; }

        public bool Left => Read().Contains("second");

        public void Release() => Assert.Contains("first", Read());

        public void GiveUp()
        {
            // The writer's way to the second notification is longer than the way here.
            Thread.SpinWait(Interlocked.Increment(ref _pause) % 256);
            _second.Dispose();
            Told = _record.Written;
        }

        private IDisposable Notify(string method, out AttemptRecord record)
        {
            record = new AttemptRecord(_world.Server, 1, TimeSpan.Zero);
            IObservable<Reply<Unit>> notify = _world.Server.Notify(
                method, MethodName.RequestPrefix(method), default, RawJsonTypeInfo.Instance, record);
            return notify.Subscribe(Observer.Create<Reply<Unit>>(_ => { }));
        }

        private string Read()
        {
            if (!_out.Reader.TryRead(out ReadResult read)) return "";
            string text = Encoding.UTF8.GetString(read.Buffer);
            _out.Reader.AdvanceTo(read.Buffer.End);
            return text;
        }
    }
}
