namespace Rx.JsonRpc.Tests.Support;

/// <summary>Lets two actions run at the same moment on two real threads, many times.</summary>
internal static class Race
{
    /// <param name="rounds">How often.</param>
    /// <param name="prepare">Makes the pair of one round.</param>
    /// <param name="first">Runs on the calling thread.</param>
    /// <param name="second">Runs on the other thread.</param>
    /// <param name="check">Looks at the round when both have returned.</param>
    public static void Run<TRound>(int rounds, Func<TRound> prepare, Action<TRound> first, Action<TRound> second, Action<TRound> check)
    {
        TRound round = default!;
        Exception? fault = null;
        bool over = false;
        int arrived = 0;
        using var barrier = new Barrier(2);
        var other = new Thread(() =>
        {
            for (int i = 0; ; i++)
            {
                barrier.SignalAndWait();
                if (Volatile.Read(ref over)) return;
                Attempt(second, i, early: i / 64 % 64);
                barrier.SignalAndWait();
            }
        })
        { IsBackground = true };
        other.Start();
        for (int i = 0; i < rounds && fault is null; i++)
        {
            round = prepare();
            barrier.SignalAndWait();
            Attempt(first, i, early: i % 64);
            barrier.SignalAndWait();
            if (fault is null) Catch(check);
        }
        Volatile.Write(ref over, true);
        barrier.SignalAndWait();
        other.Join();
        if (fault is not null) throw new InvalidOperationException("A round of the race failed.", fault);

        void Attempt(Action<TRound> action, int i, int early)
        {
            // A barrier wakes its threads microseconds apart, which is longer than the windows that are looked for; spinning side by
            // side brings them together, and the pause slides one past the other.
            Interlocked.Increment(ref arrived);
            var spin = new SpinWait();
            while (Volatile.Read(ref arrived) < 2 * (i + 1)) spin.SpinOnce(sleep1Threshold: -1);
            for (int pause = 0; pause < early; pause++) Volatile.Read(ref arrived);
            Catch(action);
        }

        void Catch(Action<TRound> action)
        {
            try
            {
                action(round);
            }
            catch (Exception thrown)
            {
                Interlocked.CompareExchange(ref fault, thrown, null);
            }
        }
    }
}
