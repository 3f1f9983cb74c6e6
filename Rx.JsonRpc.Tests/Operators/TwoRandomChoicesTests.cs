using CsCheck;

namespace Rx.JsonRpc.Tests.Operators;

public class TwoRandomChoicesTests
{
    private static readonly string[] Names = ["a", "b", "c", "d"];

    [Fact]
    public void Enumerate_AnyWeightsLoadsAndNumbers_GivesEveryItemOnce() =>
        Gen.Select(Gen.Double.Array[0, 12], Gen.Double.Array[12], Gen.Double[0, 1].Array[1, 8]).Sample((weights, loads, numbers) =>
        {
            int drawn = 0;
            int[] items = [.. Enumerable.Range(0, weights.Length)];
            IEnumerable<int> turns = items.TwoRandomChoices(i => loads[i], i => weights[i], () => numbers[drawn++ % numbers.Length]);
            Assert.Equal(items, turns.Order());
        });

    [Fact]
    public void First_OfTheTwoDrawn_IsTheLessLoadedForItsWeight()
    {
        // 0 draws a; of what is left, 0 draws b.
        Assert.Equal("b", Names.TwoRandomChoices(name => name == "a" ? 3 : 2, null, () => 0).First());
        Assert.Equal("a", Names.TwoRandomChoices(name => name == "a" ? 3 : 2, name => name == "a" ? 2 : 1, () => 0).First());
        Assert.Equal(["a", "b", "c", "d"], Names.TwoRandomChoices(_ => 5, null, () => 0));
        Assert.Equal(["b", "a", "c", "d"], Names.TwoRandomChoices(name => name == "a" ? 1 : 0, null, () => 0));
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(5, 2, 2, 1)]
    public void First_Idle_IsSharedOutByWeight(params int[] weights)
    {
        var random = new Random(7);
        const int Turns = 40_000;
        IEnumerable<string> turns = Names.TwoRandomChoices(_ => 0, name => weights[name[0] - 'a'], random.NextDouble);

        int[] counts = [.. Names.Select(_ => 0)];
        for (int i = 0; i < Turns; i++) counts[turns.First()[0] - 'a']++;

        for (int i = 0; i < Names.Length; i++)
        {
            double share = weights[i] / (double)weights.Sum();
            // Five standard deviations of a binomial.
            double bound = 5 * Math.Sqrt(Turns * share * (1 - share));
            Assert.InRange(counts[i], Turns * share - bound, Turns * share + bound);
        }
    }

    [Fact]
    public void First_NothingEverEnds_StaysFarMoreEvenThanChance()
    {
        var random = new Random(7);
        int[] load = new int[50];
        IEnumerable<int> turns = Enumerable.Range(0, load.Length).ToArray().TwoRandomChoices(i => load[i], null, random.NextDouble);
        for (int i = 0; i < 50_000; i++) load[turns.First()]++;

        // One choice would spread by about 3 sqrt(1000), some 90; two choices spread by log log n, whatever the number of turns.
        Assert.InRange(load.Max() - load.Min(), 0, 12);
    }

    [Fact]
    public void Weight_Zero_ComesAfterAllOthers()
    {
        var random = new Random(7);
        IEnumerable<string> turns = Names.TwoRandomChoices(_ => 0, name => name == "b" ? 0 : 1, random.NextDouble);
        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal("b", turns.Last()));
    }

    [Fact]
    public void Enumerate_OneItemOrNone_IsAllThereIs()
    {
        Assert.Equal(["a"], new[] { "a" }.TwoRandomChoices(_ => 0));
        Assert.Empty(Array.Empty<string>().TwoRandomChoices(_ => 0));
    }

    [Fact]
    public void TwoRandomChoices_NullArguments_AreRefused()
    {
        Assert.Throws<ArgumentNullException>(() => ((string[])null!).TwoRandomChoices(_ => 0));
        Assert.Throws<ArgumentNullException>(() => Names.TwoRandomChoices(null!));
    }
}
