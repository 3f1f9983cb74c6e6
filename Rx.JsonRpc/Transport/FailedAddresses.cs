using System.Net;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// The addresses of one host name whose connection was of no use. Connecting says little: a proxy without a backend and a port of another
/// service accept as well. They come last, so that the next connect begins with another address.
/// </summary>
internal sealed class FailedAddresses
{
    private readonly Lock _gate = new();
    // The one that failed last is last.
    private readonly List<IPAddress> _failed = [];

    /// <summary>Puts those that have failed behind the others, the one that failed last at the end; forgets what the name no longer has.</summary>
    public IReadOnlyList<IPAddress> Order(IReadOnlyList<IPAddress> addresses)
    {
        lock (_gate)
        {
            _failed.RemoveAll(address => !addresses.Contains(address));
            return [.. addresses.Where(address => !_failed.Contains(address)), .. _failed];
        }
    }

    /// <summary>Notes how a connection ended.</summary>
    /// <param name="address">Where it led.</param>
    /// <param name="served">Whether it was of use.</param>
    public void Note(IPAddress address, bool served)
    {
        lock (_gate)
        {
            _failed.Remove(address);
            if (!served) _failed.Add(address);
        }
    }
}
