namespace Rx.JsonRpc.Tests.Support;

/// <summary>Lets two actions run at the same moment on two real threads, many times.</summary>
internal static class Race
{
    /// <param name="rounds">How often.</param>
    /// <param name="prepare">Makes the pair of one round.</param>
    /// <param name="check">Looks at the round when both have returned.</param>
    public static void Run<TRound>(int rounds, Func<TRound> prepare, Action<TRound> first, Action<TRound> second, Action<TRound> check)
    {
        TRound round = prepare();
        Exception? fault = null;
        bool over = false;
        using var barrier = new Barrier(2);
        var other = new Thread(() =>
        {
            while (true)
            {
                barrier.SignalAndWait();
                if (Volatile.Read(ref over)) return;
                Attempt(second);
                barrier.SignalAndWait();
            }
        })
        { IsBackground = true };
        other.Start();
        for (int i = 0; i < rounds && fault is null; i++)
        {
            round = prepare();
            barrier.SignalAndWait();
            Attempt(first);
            barrier.SignalAndWait();
            if (fault is null) Attempt(check);
        }
        Volatile.Write(ref over, true);
        barrier.SignalAndWait();
        other.Join();
        if (fault is not null) throw new InvalidOperationException("A round of the race failed.", fault);

        void Attempt(Action<TRound> action)
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
