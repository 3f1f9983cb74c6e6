namespace Rx.JsonRpc;

/// <summary>Draws items at random, each at most once, with a chance in proportion to its weight among those that are left.</summary>
internal sealed class WeightedDraws
{
    private const double Drawn = -1;

    private readonly double[] _weights;
    private readonly Func<double> _random;
    private int _left;

    /// <param name="weights">The weights; used up. What is not a finite number above zero is drawn after all others.</param>
    /// <param name="random">Random numbers in [0, 1).</param>
    internal WeightedDraws(double[] weights, Func<double> random)
    {
        _weights = weights;
        _random = random;
        _left = weights.Length;
        for (int i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] > 0 && double.IsFinite(weights[i]))) weights[i] = 0;
        }
    }

    internal bool TryDraw(out int index)
    {
        index = 0;
        if (_left == 0) return false;
        _left--;
        index = Draw();
        _weights[index] = Drawn;
        return true;
    }

    private int Draw()
    {
        double sum = 0;
        foreach (double weight in _weights) sum += Math.Max(0, weight);
        double ticket = _random() * sum;
        int last = -1;
        for (int i = 0; i < _weights.Length; i++)
        {
            double weight = _weights[i];
            if (weight == Drawn || (weight == 0 && sum > 0)) continue;
            last = i;
            if (ticket < weight || sum == 0) break;
            ticket -= weight;
        }
        // A random number of 1, or the rounding of the sums, may lead past the last one.
        return last;
    }
}
