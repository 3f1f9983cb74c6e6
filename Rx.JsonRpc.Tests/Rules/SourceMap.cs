using System.Text.RegularExpressions;

namespace Rx.JsonRpc.Tests.Rules;

/// <summary>A source file of the library and the folder (the part of the house) it lies in.</summary>
internal sealed record SourceFile(string Name, string Folder)
{
    public const string Root = "root";

    public static SourceFile Of(string path)
    {
        string[] parts = Path.GetRelativePath(Repository.Library, path).Split(Path.DirectorySeparatorChar);
        return new SourceFile(parts[^1], parts.Length == 1 ? Root : parts[0]);
    }
}

/// <summary>Which file declares a type. Folders are no namespaces here, so only the sources know.</summary>
internal sealed partial class SourceMap
{
    private readonly Dictionary<string, SourceFile> _files = [];

    public static SourceMap Read()
    {
        var map = new SourceMap();
        foreach (string path in Repository.CSharpFiles(Repository.Library)) map.Add(path);
        return map;
    }

    public SourceFile? Find(Type type)
    {
        // Nested types, and with them what the compiler makes of lambdas and async methods, go with the type that holds them.
        while (type.DeclaringType is { } outer) type = outer;
        return _files.GetValueOrDefault($"{type.Namespace}.{type.Name}");
    }

    private void Add(string path)
    {
        string text = File.ReadAllText(path);
        string space = FileNamespace().Match(text).Groups["name"].Value;
        var file = SourceFile.Of(path);
        foreach (Match found in Declaration().Matches(text))
        {
            int arity = found.Groups["generic"].Success ? found.Groups["generic"].Value.Count(c => c == ',') + 1 : 0;
            string key = $"{space}.{found.Groups["name"].Value}{(arity == 0 ? "" : $"`{arity}")}";
            if (_files.TryGetValue(key, out SourceFile? other) && other.Folder != file.Folder)
            {
                throw new InvalidOperationException($"{key} is spread over the folders {other.Folder} and {file.Folder}.");
            }
            // Of the parts of a partial class, the one that bears its plain name stands for it.
            if (other is null || file.Name.Length < other.Name.Length) _files[key] = file;
        }
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex FileNamespace();

    // Only at the start of a line: what is indented is nested.
    [GeneratedRegex(
        @"^(?:(?:public|internal|abstract|sealed|static|partial|readonly|ref|unsafe) )*(?:(?:class|struct|interface|enum|record(?: struct| class)?) |delegate \S+ )(?<name>\w+)(?:<(?<generic>[^>]+)>)?",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
