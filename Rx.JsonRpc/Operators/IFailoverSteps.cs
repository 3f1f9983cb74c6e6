namespace Rx.JsonRpc;

/// <summary>What a failover asks on its way; one object with state of its own instead of a function for each question.</summary>
/// <typeparam name="TServer">What is tried.</typeparam>
/// <typeparam name="T">The values.</typeparam>
internal interface IFailoverSteps<in TServer, out T>
{
    /// <summary>Makes the attempt on one server; subscribed once.</summary>
    IObservable<T> TryOn(TServer server);

    /// <summary>Whether the next server may be tried after this failure.</summary>
    bool MayMove(Exception failure);

    /// <summary>Whether the servers may be asked once more, from the first one on, although each was asked. Asked when none is left.</summary>
    bool MayGoRoundAgain();
}
