namespace Rx.JsonRpc;

/// <summary>Which item starts at which turn, and which follow, for unequal weights. Pure arithmetic, immutable.</summary>
internal sealed class WeightedTurns
{
    /// <summary>The longest cycle that is kept; weights with a larger sum are scaled down to it.</summary>
    internal const int MaxCycle = 65_536;

    private readonly int[] _weights;
    private readonly int[] _cycle;

    private WeightedTurns(int[] weights)
    {
        _weights = weights;
        _cycle = SmoothCycle(weights);
    }

    /// <summary>After how many turns the starts repeat.</summary>
    internal int CycleLength => _cycle.Length;

    /// <summary>The turns for these weights; null when they are all equal, so that list order does.</summary>
    internal static WeightedTurns? Of(int[] weights)
    {
        if (weights.All(weight => weight == weights[0])) return null;
        return new WeightedTurns(Reduced(Scaled(Reduced(weights))));
    }

    /// <summary>The item that starts at a turn.</summary>
    internal int Start(ulong turn) => _cycle[turn % (ulong)_cycle.Length];

    /// <summary>The other items, in the order in which they follow.</summary>
    internal Remaining Others(ulong turn, int start) => new(_weights, turn, start);

    // nginx's method: each item gains its weight, the richest one is chosen and pays the sum of all.
    private static int[] SmoothCycle(int[] weights)
    {
        int sum = weights.Sum();
        int[] cycle = new int[sum];
        int[] credit = new int[weights.Length];
        for (int slot = 0; slot < sum; slot++)
        {
            int best = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                credit[i] += weights[i];
                if (credit[i] > credit[best]) best = i;
            }
            credit[best] -= sum;
            cycle[slot] = best;
        }
        return cycle;
    }

    private static int[] Reduced(int[] weights)
    {
        int divisor = weights.Aggregate(GreatestCommonDivisor);
        return divisor == 1 ? weights : [.. weights.Select(weight => weight / divisor)];
    }

    private static int[] Scaled(int[] weights)
    {
        long sum = weights.Sum(weight => (long)weight);
        return sum <= MaxCycle ? weights : [.. weights.Select(weight => (int)Math.Max(1, (long)weight * MaxCycle / sum))];
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);

    /// <summary>The items that have not come yet in one enumeration.</summary>
    internal sealed class Remaining
    {
        private readonly int[] _weights;
        private ulong _random;
        private long _sum;

        internal Remaining(int[] weights, ulong turn, int start)
        {
            _weights = [.. weights];
            _sum = weights.Sum() - weights[start];
            _weights[start] = 0;
            _random = turn;
        }

        internal bool TryTake(out int item)
        {
            item = 0;
            if (_sum == 0) return false;
            long ticket = (long)Math.BigMul(Mixed(), (ulong)_sum, out _);
            while (ticket >= _weights[item]) ticket -= _weights[item++];
            _sum -= _weights[item];
            _weights[item] = 0;
            return true;
        }

        // SplitMix64 (Steele, Lea, Flood 2014): neighbouring turns give unrelated numbers, without shared state.
        private ulong Mixed()
        {
            ulong z = _random += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
