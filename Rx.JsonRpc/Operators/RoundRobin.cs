namespace Rx.JsonRpc;

/// <summary>Holds <see cref="RoundRobin{T}"/>.</summary>
public static class RoundRobinOperator
{
    /// <summary>Gives a list whose every enumeration starts one item further than the one before, whatever became of that one.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="items">The items; copied here, later changes of the list do not show.</param>
    /// <param name="weight">
    /// An item's share of the starts, at least 1, asked once per item; null when all are equal. The starts are then spread as nginx's
    /// smooth weighted round robin spreads them: 5, 1, 1 gives <c>a a b a c a a</c>.
    /// </param>
    /// <returns>An enumerable to enumerate once per request, from any thread.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A weight is below 1; names the item's index.</exception>
    /// <remarks>
    /// Each enumeration takes one turn, as one atomic step at its first item, and then yields every item once:
    /// <list type="table">
    /// <listheader><term>event</term><description>what happens</description></listheader>
    /// <item><term>first item asked for</term><description>The turn is taken; the item that is due comes.</description></item>
    /// <item><term>further items</term><description>
    /// With equal weights the items after it in list order, wrapping. Otherwise each place goes to one of the items that are left, with a
    /// chance in proportion to its weight (drawn from the number of the turn), so that the load of a failed item does not fall on one
    /// neighbour.
    /// </description></item>
    /// <item><term>error</term><description>
    /// An exception of <paramref name="weight"/> reaches the caller of this method.
    /// </description></item>
    /// <item><term>end</term><description>After every item came once.</description></item>
    /// <item><term>dispose</term><description>Early or late, the turn counts as taken; never asked, it is not taken.</description></item>
    /// <item><term>empty list</term><description>Nothing comes, no turn is taken.</description></item>
    /// </list>
    /// The weights are divided by their greatest common divisor. A sum above 65,536 is scaled down to it (each weight stays at least 1),
    /// which moves an item's share of the starts by at most about one 65,536th for each item in the list.
    /// </remarks>
    public static IEnumerable<T> RoundRobin<T>(this IReadOnlyList<T> items, Func<T, int>? weight = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        T[] captured = [.. items];
        return new RoundRobinTurns<T>(captured, weight is null ? null : WeightsOf(captured, weight));
    }

    private static int[] WeightsOf<T>(T[] items, Func<T, int> weight)
    {
        int[] weights = new int[items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            weights[i] = weight(items[i]);
            if (weights[i] < 1)
            {
                string fault = $"items[{i}] has weight {weights[i]}; it must be in 1..{int.MaxValue}.";
                throw new ArgumentOutOfRangeException(nameof(weight), weights[i], fault);
            }
        }
        return weights;
    }
}
