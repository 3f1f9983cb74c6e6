namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// The names that events bring: methods, routes, pools. A script uses a handful of them again and again, so each is made into a string
/// once. Belongs to one connection, and grows to a bound.
/// </summary>
internal sealed class NameCache
{
    private const int MostNames = 1024;

    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public NameCache() => _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Of(ReadOnlySpan<char> name)
    {
        if (_lookup.TryGetValue(name, out string? known)) return known;
        string text = name.ToString();
        if (_names.Count < MostNames) _names.Add(text, text);
        return text;
    }
}
