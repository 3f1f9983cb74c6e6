namespace Rx.JsonRpc.Tests.Rules;

/// <summary>Where the sources lie that the rules look at.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Library { get; } = Path.Combine(Root, "Rx.JsonRpc");

    /// <summary>A project's own C# files, without what the compiler made.</summary>
    public static IEnumerable<string> CSharpFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Rx.JsonRpc.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException($"Rx.JsonRpc.slnx is in no folder above {AppContext.BaseDirectory}.");
    }
}
