using System.Globalization;

namespace Rx.JsonRpc.Tool.Replaying;

/// <summary>What a replay takes for granted; printed with its figures, for they are worth no more than that.</summary>
internal static class Assumptions
{
    public static IReadOnlyList<string> Of(RecordedRequests recorded) =>
    [
        "An attempt on a server ends as the request's own recorded attempt there did; else as the one of the same method, or else of any, that began there nearest in time.",
        string.Create(
            CultureInfo.InvariantCulture,
            $"Attempts that were cut off (by a timeout or by the caller; {recorded.CutOff:#,0} here) are taken never to be answered: a longer timeout cannot gain what was not recorded."),
        "A connection is lost when it was lost then. Other comings and goings of a server lie half way between the attempts that saw it there and away.",
        "A server that the recording client's breaker or bounds kept from being asked was there, and would have answered as at its nearest attempt.",
        "Servers answer no faster with less load and no slower with more; the client itself takes no time.",
        "Requests begin when they began then; callers who gave up do so after the same time.",
        "A server that no recorded attempt names does not exist. The policy of the recording is not known; this one holds for every request.",
        "Breaker and budget are the client's defaults unless off. Jitter is drawn from a fixed seed: the same input gives the same figures.",
    ];
}
