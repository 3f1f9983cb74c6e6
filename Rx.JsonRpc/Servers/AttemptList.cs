using System.Collections;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// The attempts of one request. Almost always there is one, and it has its place in the list itself: no array is made for it. Not
/// thread-safe; the trail's lock guards it until it is told, and nothing changes it afterwards.
/// </summary>
internal sealed class AttemptList : IReadOnlyList<Attempt>
{
    private Attempt _only;
    private List<Attempt>? _several;
    private bool _hasOne;

    public int Count => _several?.Count ?? (_hasOne ? 1 : 0);

    public Attempt this[int index]
    {
        get
        {
            if (_several is not null) return _several[index];
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _only;
        }
    }

    public static AttemptList New() => Spares<AttemptList>.TryTake(out AttemptList? spare) ? spare : new AttemptList();

    public void Insert(int index, in Attempt attempt)
    {
        if (Count == 0)
        {
            _only = attempt;
            _hasOne = true;
            return;
        }
        _several ??= [_only];
        _several.Insert(index, attempt);
    }

    /// <summary>Removes one of several.</summary>
    public void RemoveAt(int index) => _several!.RemoveAt(index);

    /// <summary>Where the last attempt is that may have run, of those that overlap the one that ended last; -1 when there is none.</summary>
    public int LastDecisiveIndex()
    {
        int last = -1;
        for (int i = 0; i < Count; i++)
        {
            if (this[i].Written == Written.MaybeExecuted && (last < 0 || EndOf(this[i]) >= EndOf(this[last]))) last = i;
        }
        return last;
    }

    /// <summary>It was told to nobody, and serves again.</summary>
    public void Recycle()
    {
        _only = default;
        _several = null;
        _hasOne = false;
        Spares<AttemptList>.Keep(this);
    }

    public IEnumerator<Attempt> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static TimeSpan EndOf(in Attempt attempt) => attempt.StartedAfter + attempt.Took;
}
