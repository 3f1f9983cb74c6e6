using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Rx.JsonRpc.Tests.Rules;

/// <summary>What the documents show has to compile, and where they point has to be something.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Documents =
    [
        Path.Combine(Repository.Root, "README.md"),
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Snippets_InTheDocuments_AreCompiledCode()
    {
        string[] compiled = [.. CompiledFiles().Select(path => OneSpace(File.ReadAllText(path)))];

        Assert.Empty(Snippets().Where(snippet => !compiled.Any(code => code.Contains(snippet.Code, StringComparison.Ordinal))));
    }

    [Fact]
    public void Snippets_OfTheReadme_AreFound() => Assert.Contains(Snippets(), snippet => snippet.Document == "README.md");

    [Fact]
    public void Links_BetweenTheDocuments_LeadSomewhere() => Assert.Empty(
        from link in Links()
        let path = Path.Combine(Path.GetDirectoryName(link.Document)!, link.Target)
        where !File.Exists(path) && !Directory.Exists(path)
        select $"{Path.GetFileName(link.Document)}: {link.Target}");

    [Fact]
    public void Links_OfTheReadme_AreFound() => Assert.Contains((Documents[0], "docs/contributing.md"), Links());

    /// <summary>Files of the tests and of the samples that the solution builds: a sample that nobody builds proves nothing.</summary>
    private static IEnumerable<string> CompiledFiles() =>
        XDocument.Load(Path.Combine(Repository.Root, "Rx.JsonRpc.slnx")).Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value)
            .Where(project => project.StartsWith("samples/", StringComparison.Ordinal) || project == "Rx.JsonRpc.Tests/Rx.JsonRpc.Tests.csproj")
            .SelectMany(project => Repository.CSharpFiles(Path.Combine(Repository.Root, Path.GetDirectoryName(project)!)));

    private static IEnumerable<Snippet> Snippets() =>
        from document in Documents
        from Match block in CSharpBlock().Matches(File.ReadAllText(document))
        select new Snippet(Path.GetFileName(document), OneSpace(block.Groups["code"].Value));

    private static IEnumerable<(string Document, string Target)> Links() =>
        from document in Documents
        from Match link in Link().Matches(File.ReadAllText(document))
        select (document, link.Groups["path"].Value);

    private static string OneSpace(string text) => WhiteSpace().Replace(text, " ").Trim();

    [GeneratedRegex(@"^```(?:csharp|cs|c#)\r?\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"\]\((?!\w+:|#)(?<path>[^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    private sealed record Snippet(string Document, string Code);
}
