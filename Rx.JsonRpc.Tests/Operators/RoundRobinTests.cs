using CsCheck;

namespace Rx.JsonRpc.Tests.Operators;

public class RoundRobinTests
{
    [Fact]
    public void RoundRobin_EachEnumeration_StartsOneFurtherAndYieldsAll()
    {
        IEnumerable<string> turns = new[] { "a", "b", "c" }.RoundRobin();

        Assert.Equal(["abc", "bca", "cab", "abc"], Enumerable.Range(0, 4).Select(_ => string.Concat(turns)));
    }

    [Theory]
    [InlineData("5 1 1", "aabacaa")]
    [InlineData("2 1", "aba")]
    [InlineData("1 2", "bab")]
    [InlineData("10 20", "bab")]
    [InlineData("3 3 3", "abc")]
    [InlineData("7", "a")]
    public void RoundRobin_Weights_StartsAreSmooth(string weights, string expected)
    {
        IEnumerable<char> turns = Letters(weights, out Func<char, int> weight).RoundRobin(weight);

        string starts = Starts(turns, 2 * expected.Length);

        Assert.Equal(expected + expected, starts);
    }

    [Fact]
    public void RoundRobin_NoItems_YieldsNothing()
    {
        Assert.Empty(Array.Empty<int>().RoundRobin());
        Assert.Empty(Array.Empty<int>().RoundRobin(item => item));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void RoundRobin_WeightBelowOne_NamesTheIndex(int bad)
    {
        ArgumentOutOfRangeException fault = Assert.Throws<ArgumentOutOfRangeException>(() => new[] { 1, bad }.RoundRobin(item => item));

        Assert.Contains("items[1]", fault.Message);
        Assert.Contains("1..", fault.Message);
    }

    [Fact]
    public void RoundRobin_NullList_Throws() => Assert.Throws<ArgumentNullException>(() => ((int[])null!).RoundRobin());

    [Fact]
    public void RoundRobin_WeightThrows_ReachesTheCaller() =>
        Assert.Throws<TimeoutException>(() => new[] { 1 }.RoundRobin(_ => throw new TimeoutException()));

    [Fact]
    public void RoundRobin_EnumeratorNeverMoved_TakesNoTurn()
    {
        IEnumerable<string> turns = new[] { "a", "b" }.RoundRobin();

        turns.GetEnumerator().Dispose();

        Assert.Equal("a", turns.First());
        Assert.Equal("b", turns.First());
    }

    [Fact]
    public void RoundRobin_ListChangedAfterwards_KeepsWhatItCaptured()
    {
        var list = new List<string> { "a", "b" };
        IEnumerable<string> turns = list.RoundRobin();

        list.Clear();

        Assert.Equal(["a", "b"], turns);
    }

    [Theory]
    [InlineData(long.MaxValue - 3)]
    [InlineData(-4)]
    public void RoundRobin_CounterOverflows_GoesOn(long lastTurn)
    {
        var even = new RoundRobinTurns<char>(['a', 'b'], null, lastTurn);
        var weighted = new RoundRobinTurns<char>(['a', 'b', 'c'], [2, 1, 1], lastTurn);

        Assert.Contains(Starts(even, 8), new[] { "abababab", "babababa" });
        string starts = Starts(weighted, 8);
        Assert.Equal(4, starts.Count(start => start == 'a'));
    }

    [Fact]
    public void RoundRobin_AnyWeights_EachItemStartsInProportionAndEachEnumerationYieldsAll() =>
        Gen.Int[1, 9].Array[1, 6].Sample(weights =>
        {
            int[] items = [.. Enumerable.Range(0, weights.Length)];
            IEnumerable<int> turns = items.RoundRobin(item => weights[item]);
            int[] starts = new int[items.Length];
            for (int turn = 0; turn < weights.Sum(); turn++)
            {
                int[] all = [.. turns];
                starts[all[0]]++;
                Assert.Equal(items, all.Order());
            }
            Assert.Equal(weights, starts);
        }, iter: 500);

    [Fact]
    public void RoundRobin_HeavyItemAlwaysFails_ItsLoadGoesToTheOthersByWeight()
    {
        IEnumerable<char> turns = Letters("6 2 1", out Func<char, int> weight).RoundRobin(weight);

        string seconds = string.Concat(Enumerable.Range(0, 9000).Select(_ => turns.ToArray()).Where(all => all[0] == 'a').Select(all => all[1]));

        Assert.InRange(seconds.Count(second => second == 'b') / (double)seconds.Length, 0.63, 0.70);
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue - 1, 1)]
    [InlineData(int.MaxValue, 1, 1)]
    [InlineData(100_000, 50_000, 1)]
    public void RoundRobin_HugeWeights_CycleStaysBoundedAndNobodyStarves(int a, int b, int c)
    {
        WeightedTurns turns = WeightedTurns.Of([a, b, c])!;

        Assert.InRange(turns.CycleLength, 3, WeightedTurns.MaxCycle + 3);
        int[] starts = new int[3];
        for (int turn = 0; turn < turns.CycleLength; turn++) starts[turns.Start((ulong)turn)]++;
        double sum = (double)a + b + c;
        Assert.All(starts, count => Assert.True(count >= 1));
        Assert.Equal(a / sum, starts[0] / (double)turns.CycleLength, 4.0 / WeightedTurns.MaxCycle);
    }

    [Theory]
    [InlineData("1 1 1 1")]
    [InlineData("4 2 1 1")]
    public void RoundRobin_ConcurrentTurns_NoneIsLost(string weights)
    {
        const int PerThread = 16_000;
        IEnumerable<char> turns = Letters(weights, out Func<char, int> weight).RoundRobin(weight);
        string[] starts = new string[4];

        Parallel.For(0, starts.Length, i => starts[i] = Starts(turns, PerThread));

        string all = string.Concat(starts);
        int unit = all.Length / weights.Split(' ').Sum(int.Parse);
        Assert.All("abcd", item => Assert.Equal(weight(item) * unit, all.Count(start => start == item)));
    }

    private static string Starts(IEnumerable<char> turns, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => turns.First()));

    private static char[] Letters(string weights, out Func<char, int> weight)
    {
        int[] read = [.. weights.Split(' ').Select(int.Parse)];
        weight = letter => read[letter - 'a'];
        return [.. Enumerable.Range(0, read.Length).Select(i => (char)('a' + i))];
    }
}
