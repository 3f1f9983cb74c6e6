using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rx.JsonRpc.Tests.Rules;

/// <summary>Which folder may use which, and which does.</summary>
internal static class Layers
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Framing"] = [],
        ["Execution"] = [],
        ["Recording"] = ["Contracts"],
        ["Contracts"] = [],
        ["Operators"] = ["Contracts", "Execution"],
        ["Protocol"] = ["Contracts", "Framing"],
        ["Transport"] = ["Contracts", "Execution", "Framing"],
        ["Servers"] = ["Contracts", "Execution", "Framing", "Protocol", "Transport", "Operators"],
        ["Listening"] = ["Contracts", "Execution", "Framing", "Protocol", "Transport", SourceFile.Root],
        ["Testing"] = ["Contracts", "Execution", "Framing", "Protocol", "Transport", SourceFile.Root],
        ["Kamailio"] = ["Contracts", "Execution", "Framing", "Protocol", "Transport", "Operators", SourceFile.Root],
    };

    public static IReadOnlyList<Arrow> Arrows(Assembly assembly, SourceMap sources) =>
        [.. assembly.GetTypes()
            .Where(type => !IsMadeByCompiler(type))
            .SelectMany(type => ArrowsOf(type, assembly, sources))
            .Distinct()
            .OrderBy(arrow => arrow.ToString(), StringComparer.Ordinal)];

    /// <summary>The arrows that no line of the table allows. The root is the entry: it may use everything.</summary>
    public static IEnumerable<string> Violations(IEnumerable<Arrow> arrows) =>
        arrows.Where(arrow => arrow.From.Folder != SourceFile.Root && !MayUse(arrow.From.Folder, arrow.ToFolder)).Select(arrow => arrow.ToString());

    /// <summary>A path of folders that ends where it begins; empty when there is none.</summary>
    public static IReadOnlyList<string> Circle(IEnumerable<Arrow> arrows)
    {
        ILookup<string, string> uses = arrows.Select(arrow => (arrow.From.Folder, arrow.ToFolder)).Distinct().ToLookup(pair => pair.Folder, pair => pair.ToFolder);
        return uses.Select(folder => Return(folder.Key, [folder.Key], uses)).FirstOrDefault(path => path.Count > 0) ?? [];
    }

    public static bool IsMadeByCompiler(Type type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || type.FullName!.StartsWith("Microsoft.CodeAnalysis.", StringComparison.Ordinal);
    }

    private static IEnumerable<Arrow> ArrowsOf(Type type, Assembly assembly, SourceMap sources)
    {
        SourceFile from = FileOf(type, sources);
        return from used in UsedTypes.Of(type)
               where used.Assembly == assembly && !IsMadeByCompiler(used)
               let file = FileOf(used, sources)
               where file.Folder != @from.Folder
               select new Arrow(@from, used.Name, file.Folder);
    }

    private static SourceFile FileOf(Type type, SourceMap sources) =>
        sources.Find(type) ?? throw new InvalidOperationException($"No source file declares {type}; is its declaration at the start of a line?");

    private static bool MayUse(string from, string to) =>
        Allowed.TryGetValue(from, out string[]? allowed) && allowed.Contains(to);

    private static IReadOnlyList<string> Return(string start, List<string> path, ILookup<string, string> uses)
    {
        foreach (string next in uses[path[^1]])
        {
            if (next == start) return [.. path, next];
            if (path.Contains(next)) continue;
            IReadOnlyList<string> found = Return(start, [.. path, next], uses);
            if (found.Count > 0) return found;
        }
        return [];
    }
}
