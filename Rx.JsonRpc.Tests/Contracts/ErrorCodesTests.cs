namespace Rx.JsonRpc.Tests.Contracts;

public class ErrorCodesTests
{
    [Theory]
    [InlineData("-32603", -32603, true)]
    [InlineData("-32603, -32099..-32000", -32050, true)]
    [InlineData("-32603, -32099..-32000", -32099, true)]
    [InlineData("-32603, -32099..-32000", -32000, true)]
    [InlineData("-32603, -32099..-32000", -31999, false)]
    [InlineData("", 0, false)]
    public void Contains_CodesAndRanges_HoldsBothEnds(string codes, int code, bool expected) =>
        Assert.Equal(expected, ErrorCodes.Parse(codes).Contains(code));

    [Theory]
    [InlineData("-32603,", "error code 2 ('')")]
    [InlineData("abc", "error code 1 ('abc')")]
    [InlineData("5..1", "('5..1')")]
    [InlineData("1..2..3", "('1..2..3')")]
    public void Parse_BadPart_NamesIt(string codes, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => ErrorCodes.Parse(codes)).Message);

    [Fact]
    public void ToString_AnySet_ParsesBack() =>
        Assert.Equal(ErrorCodes.Parse("-5, 1..3"), ErrorCodes.Parse(ErrorCodes.Parse("-5,1..3").ToString()));
}
