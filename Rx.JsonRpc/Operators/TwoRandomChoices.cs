namespace Rx.JsonRpc;

/// <summary>Holds <see cref="TwoRandomChoices{T}"/>.</summary>
public static class TwoRandomChoicesOperator
{
    /// <summary>
    /// Gives a list whose every enumeration starts with the less loaded of two items that are drawn at random: nearly as even as the
    /// least loaded of all, and no two callers run after the same one.
    /// </summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="items">The items; copied here, later changes of the list do not show.</param>
    /// <param name="load">An item's load, such as its requests in flight; asked for the two. It is divided by the item's weight.</param>
    /// <param name="weight">An item's share, above 0, asked at each enumeration; null when all are equal.</param>
    /// <param name="random">Random numbers in [0, 1), from any thread; null for <see cref="Random.Shared"/>.</param>
    /// <returns>An enumerable to enumerate once per request, from any thread.</returns>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>first item asked for</term><description>
    /// Two different items are drawn, each with a chance in proportion to its weight; the one with the smaller load for its weight comes,
    /// the first one drawn if they are equal. So an idle list is shared out by weight.
    /// </description></item>
    /// <item><term>further items</term><description>The other of the two, then the rest as it is drawn by weight; each item once.</description></item>
    /// <item><term>weight that is no finite number above 0</term><description>The item is drawn after all others.</description></item>
    /// <item><term>error</term><description>An exception of a function reaches whoever enumerates.</description></item>
    /// <item><term>end</term><description>After every item came once.</description></item>
    /// <item><term>dispose</term><description>Nothing to let go.</description></item>
    /// <item><term>empty list</term><description>Nothing comes, nothing is drawn.</description></item>
    /// </list>
    /// </remarks>
    public static IEnumerable<T> TwoRandomChoices<T>(
        this IReadOnlyList<T> items, Func<T, double> load, Func<T, double>? weight = null, Func<double>? random = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(load);
        return Turns([.. items], load, weight ?? (static _ => 1), random ?? Random.Shared.NextDouble);
    }

    private static IEnumerable<T> Turns<T>(T[] items, Func<T, double> load, Func<T, double> weight, Func<double> random)
    {
        double[] weights = [.. items.Select(weight)];
        var draws = new WeightedDraws([.. weights], random);
        if (!draws.TryDraw(out int first)) yield break;
        if (draws.TryDraw(out int second) && load(items[second]) / weights[second] < load(items[first]) / weights[first])
        {
            (first, second) = (second, first);
        }
        yield return items[first];
        if (items.Length > 1) yield return items[second];
        while (draws.TryDraw(out int next)) yield return items[next];
    }
}
