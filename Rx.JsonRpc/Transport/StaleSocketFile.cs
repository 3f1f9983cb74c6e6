using System.Net.Sockets;

namespace Rx.JsonRpc.Transport;

/// <summary>The file of a Unix domain socket whose process died without removing it: it keeps the path from being bound again.</summary>
internal static class StaleSocketFile
{
    /// <summary>Removes the file when it is a socket that nobody listens on; anything else is left for bind to complain about.</summary>
    /// <param name="endPoint">The path; one of Linux's abstract names has no file.</param>
    public static void Remove(UnixDomainSocketEndPoint endPoint)
    {
        if (IsAbstract(endPoint) || !IsRefused(endPoint)) return;
        string path = endPoint.ToString();
        if (IsSocket(path)) File.Delete(path);
    }

    // An abstract name begins with a NUL (unix(7)), which ToString shows as '@'; the path follows the two bytes of the address family.
    private static bool IsAbstract(UnixDomainSocketEndPoint endPoint) => endPoint.Serialize()[2] == 0;

    private static bool IsRefused(UnixDomainSocketEndPoint endPoint)
    {
        using Socket probe = StreamSocket.Create(endPoint);
        // A listener whose backlog is full would block the question.
        probe.Blocking = false;
        try
        {
            probe.Connect(endPoint);
            return false;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    /// <summary>Whether a path leads to something that is no socket.</summary>
    /// <param name="path">The path; nothing is said of one that cannot be opened for another reason.</param>
    public static bool IsOtherFile(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Connecting to a plain file is refused too, and that file must not be deleted. Opening tells them apart: open(2) gives ENXIO for a
    // socket on Linux (https://man7.org/linux/man-pages/man2/open.2.html), EOPNOTSUPP on macOS, ERROR_CANT_ACCESS_FILE on Windows.
    // For reading and writing, because opening a FIFO that way does not block.
    private static bool IsSocket(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
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
}
