using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc.Transport;

/// <summary>The file that binding a Unix domain socket leaves in the file system: closing the socket does not remove it.</summary>
internal sealed class UnixSocketFile
{
    private readonly UnixDomainSocketEndPoint _endPoint;
    private readonly string _path;

    private UnixSocketFile(UnixDomainSocketEndPoint endPoint)
    {
        _endPoint = endPoint;
        // The working directory may be another one when the file is removed.
        _path = Path.GetFullPath(endPoint.ToString());
    }

    /// <summary>The file behind an end point.</summary>
    /// <param name="endPoint">Any end point.</param>
    /// <returns>Null when it has none: it is no Unix domain socket, or one of Linux's abstract names.</returns>
    public static UnixSocketFile? Of(EndPoint endPoint) =>
        endPoint is UnixDomainSocketEndPoint unix && !IsAbstract(unix) ? new UnixSocketFile(unix) : null;

    /// <summary>Removes the file when it is a socket that nobody listens on; anything else is left for bind to complain about.</summary>
    public void RemoveIfStale()
    {
        if (IsRefused() && IsSocket()) Remove();
    }

    /// <summary>Removes the file. One that cannot be removed is the next listener's to replace.</summary>
    public void Remove()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private bool IsRefused()
    {
        using Socket probe = StreamSocket.Create(_endPoint);
        probe.Blocking = false;
        try
        {
            probe.Connect(_endPoint);
            return false;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    // Connecting to a plain file is refused too, and that file must not be deleted. Opening tells them apart: open(2) gives ENXIO for a
    // socket on Linux (https://man7.org/linux/man-pages/man2/open.2.html), EOPNOTSUPP on macOS, ERROR_CANT_ACCESS_FILE on Windows.
    // For reading and writing, because opening a FIFO that way does not block.
    private bool IsSocket()
    {
        try
        {
            using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (IOException failure)
        {
            return (failure.HResult & 0xFFFF) is 6 or 102 or 1920;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    // An abstract name begins with a NUL (unix(7)), which ToString shows as '@'; the path follows the two bytes of the address family.
    private static bool IsAbstract(UnixDomainSocketEndPoint endPoint) => endPoint.Serialize()[2] == 0;
}
