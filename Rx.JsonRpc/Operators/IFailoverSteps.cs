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
}
