using System.Diagnostics;
using System.Reactive.Subjects;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>
/// Raced pairs, and not Microsoft.Coyote: the claim is one atomic exchange, whose failure is a matter of the memory model, and that a
/// tool which schedules one thread at a time does not execute. The threads meet by spinning at each piece of work of a batch, and at a
/// barrier only once for a batch, so a million pairs take seconds; on a machine too busy to run both, fewer pairs are raced.
/// </summary>
public class SuspendedWorkRaceTests
{
    private const int Rounds = 1000;
    private const int Pieces = 1000;

    [Fact]
    public void Resume_AMillionRacedPairs_OneWinsEachTime()
    {
        var time = Stopwatch.StartNew();
        Race.Run(
            Rounds,
            () => new Batch(time),
            batch => batch.Each(first: true, piece => piece.Suspension.TryResume(new Outcome<int> { Result = 1 })),
            batch => batch.Each(first: false, piece => piece.Suspension.TryResume(Outcome<int>.Cancelled())),
            batch => batch.AssertOnce());
    }

    [Fact]
    public void Resume_ReplyAgainstDisposeOfTheWork_OneWinsAndTheRequestIsLeft()
    {
        var time = Stopwatch.StartNew();
        Race.Run(
            Rounds,
            () => new Batch(time, pieces: 100, waiting: true),
            batch => batch.Each(first: true, piece => piece.Reply()),
            batch => batch.Each(first: false, piece => piece.Dispose()),
            batch => batch.AssertOnce());
    }

    [Fact]
    public void Suspend_AgainstAnOldAnswer_TheNewSuspensionStays()
    {
        Race.Run(
            Rounds * 20,
            () =>
            {
                var piece = new Piece(waiting: false);
                piece.Suspension.TryResume(default);
                return piece;
            },
            piece => piece.Second = piece.Work.Suspend(),
            piece => piece.OldWon = piece.Work.TryResume(1, default) | piece.Suspension.TryResume(default),
            piece =>
            {
                Assert.False(piece.OldWon);
                Assert.True(piece.Second!.IsSuspended);
                Assert.Equal(1, piece.Resumed);
            });
    }

    private sealed class Batch
    {
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

        private readonly Piece[] _pieces;
        private readonly bool[][] _won;
        private readonly bool _inTime;
        private int _arrived;

        public Batch(Stopwatch time, int pieces = Pieces, bool waiting = false)
        {
            _pieces = [.. Enumerable.Range(0, pieces).Select(_ => new Piece(waiting))];
            _won = [new bool[pieces], new bool[pieces]];
            _inTime = time.Elapsed < Limit;
        }

        public void Each(bool first, Func<Piece, bool> resume)
        {
            bool[] won = _won[first ? 0 : 1];
            for (int i = 0; i < _pieces.Length; i++)
            {
                if (_inTime) Meet(i, early: first ? i % 256 : 128);
                won[i] = resume(_pieces[i]);
            }
        }

        public void AssertOnce()
        {
            for (int i = 0; i < _pieces.Length; i++)
            {
                Assert.Equal(1, _pieces[i].Resumed);
                Assert.False(_pieces[i].IsRequestSubscribed);
                if (!_pieces[i].Waits) Assert.True(_won[0][i] ^ _won[1][i]);
            }
        }

        private void Meet(int i, int early)
        {
            Interlocked.Increment(ref _arrived);
            var spin = new SpinWait();
            while (Volatile.Read(ref _arrived) < 2 * (i + 1)) spin.SpinOnce(sleep1Threshold: -1);
            // The last to arrive goes on before the other one has heard of it: slide one thread past the other, both ways.
            for (int pause = 0; pause < early; pause++) Volatile.Read(ref _arrived);
        }
    }

    private sealed class Piece
    {
        private readonly Subject<Reply<int>> _replies = new();
        private int _resumed;

        public Piece(bool waiting)
        {
            Work = new SuspendedWork<int>(_ => Interlocked.Increment(ref _resumed));
            Suspension = Work.Suspend();
            Waits = waiting;
            if (waiting) _replies.Resume(Suspension);
        }

        public SuspendedWork<int> Work { get; }

        public Suspension<int> Suspension { get; }

        public Suspension<int>? Second { get; set; }

        public bool OldWon { get; set; }

        public bool Waits { get; }

        public int Resumed => Volatile.Read(ref _resumed);

        public bool IsRequestSubscribed => _replies.HasObservers;

        public bool Reply()
        {
            _replies.OnNext(new Reply<int> { Result = 1 });
            return true;
        }

        public bool Dispose()
        {
            Work.Dispose();
            return true;
        }
    }
}
