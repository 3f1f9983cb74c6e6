namespace Rx.JsonRpc.Tests.Rules;

public sealed class SizeTests(ITestOutputHelper output)
{
    private const int MostLines = 250;
    private const int MostEditorConfigLines = 80;

    // Each of these has a benchmark that earns its length.
    private static readonly HashSet<string> Hot =
        ["NetstringReader.cs", "EnvelopeReader.cs", "PendingRequests.cs", "RequestWriter.cs", "FrameSender.cs", "Within.cs"];

    [Fact]
    public void Files_OfTheLibrary_HoldOneIdeaEach()
    {
        (string Name, int Lines)[] files =
            [.. Repository.CSharpFiles(Repository.Library).Select(path => (Path.GetFileName(path), File.ReadLines(path).Count())).OrderBy(file => file.Item2)];

        output.WriteLine($"{files.Length} files, median {files[files.Length / 2].Lines} lines, longest {files[^1].Name} with {files[^1].Lines}");

        Assert.Empty(files.Where(file => file.Lines > MostLines && !Hot.Contains(file.Name)).Select(file => $"{file.Name}: {file.Lines} lines"));
    }

    [Fact]
    public void HotFiles_Exist() =>
        Assert.Empty(Hot.Except(Repository.CSharpFiles(Repository.Library).Select(path => Path.GetFileName(path)!)));

    [Fact]
    public void EditorConfig_StaysShort() =>
        Assert.InRange(File.ReadLines(Path.Combine(Repository.Root, ".editorconfig")).Count(), 1, MostEditorConfigLines);
}
