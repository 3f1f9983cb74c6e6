namespace Rx.JsonRpc.Recording;

/// <summary>How the enumerations stand in a log: in words, so that renaming or reordering a member here cannot change what a log says.</summary>
internal static class RecordNames
{
    private static readonly (OutcomeKind, string)[] Outcomes =
    [
        (OutcomeKind.Result, "result"),
        (OutcomeKind.Error, "error"),
        (OutcomeKind.Timeout, "timeout"),
        (OutcomeKind.Failure, "failure"),
        (OutcomeKind.Cancelled, "cancelled"),
    ];

    private static readonly (AttemptEnd, string)[] Ends =
    [
        (AttemptEnd.Result, "result"),
        (AttemptEnd.Error, "error"),
        (AttemptEnd.Unavailable, "unavailable"),
        (AttemptEnd.ConnectionLost, "lost"),
        (AttemptEnd.TimedOut, "timeout"),
        (AttemptEnd.Faulty, "faulty"),
        (AttemptEnd.Cancelled, "cancelled"),
        (AttemptEnd.Refused, "refused"),
    ];

    public static string Of(OutcomeKind outcome) => Name(Outcomes, outcome);

    public static string Of(AttemptEnd end) => Name(Ends, end);

    public static OutcomeKind Outcome(string name) => Value(Outcomes, name, "outcome");

    public static AttemptEnd End(string name) => Value(Ends, name, "end");

    private static string Name<T>((T Value, string Name)[] names, T value)
        where T : struct, Enum
    {
        foreach ((T known, string name) in names)
        {
            if (EqualityComparer<T>.Default.Equals(known, value)) return name;
        }
        throw new ArgumentOutOfRangeException(nameof(value), value, "has no name in a log");
    }

    private static T Value<T>((T Value, string Name)[] names, string name, string member)
        where T : struct, Enum
    {
        foreach ((T value, string known) in names)
        {
            if (known == name) return value;
        }
        throw new FormatException($"{member} is '{name}'; expected one of {string.Join(", ", names.Select(pair => pair.Name))}");
    }
}
