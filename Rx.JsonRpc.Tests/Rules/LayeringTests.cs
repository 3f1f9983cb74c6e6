namespace Rx.JsonRpc.Tests.Rules;

public sealed class LayeringTests
{
    private static readonly IReadOnlyList<Arrow> Library = Layers.Arrows(typeof(JsonRpcClient).Assembly, SourceMap.Read());

    [Fact]
    public void Arrows_OfTheLibrary_AreAllAllowed() =>
        Assert.True(!Layers.Violations(Library).Any(), string.Join(Environment.NewLine, Layers.Violations(Library)));

    [Fact]
    public void Arrows_OfTheLibrary_MakeNoCircle() => Assert.Empty(Layers.Circle(Library));

    [Fact]
    public void Arrows_InsideAMethodBody_AreSeen() =>
        // FrameBuffer stands in no signature of ServerCall.
        Assert.Contains(Library, arrow => arrow.ToString() == "ServerCall.cs (Servers) uses FrameBuffer (Framing)");

    [Fact]
    public void Arrows_OfTheEntry_LeadToServers() =>
        Assert.Contains(Library, arrow => arrow.ToString() == "JsonRpcClient.cs (root) uses ServerServices (Servers)");

    [Fact]
    public void Violations_ReverseArrow_IsReported()
    {
        var reverse = new Arrow(new SourceFile("NetstringReader.cs", "Framing"), "Server", "Servers");

        Assert.Equal(["NetstringReader.cs (Framing) uses Server (Servers)"], Layers.Violations([reverse]));
    }

    [Fact]
    public void Violations_UnknownFolder_IsReported() =>
        Assert.Single(Layers.Violations([new Arrow(new SourceFile("New.cs", "Novelties"), "Reply`1", "Contracts")]));

    [Fact]
    public void Circle_OverTheRoot_IsFound()
    {
        var back = new Arrow(new SourceFile("Server.cs", "Servers"), "JsonRpcClient", SourceFile.Root);

        IReadOnlyList<string> circle = Layers.Circle([.. Library, back]);

        Assert.Equal(circle[0], circle[^1]);
        Assert.Contains(SourceFile.Root, circle);
        Assert.Contains("Servers", circle);
    }
}
