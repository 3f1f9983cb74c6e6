using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc.Transport;

/// <summary>Why a Unix domain socket could not be connected or bound, in the system's words.</summary>
/// <remarks>
/// .NET has no <see cref="SocketError"/> for the errors of paths: a missing file becomes "Cannot assign requested address", and other errors
/// "Unknown socket error". The path itself says which error it was.
/// </remarks>
internal static class UnixSocketFault
{
    /// <summary>The failure with its true cause as message; as it is for every other kind of end point.</summary>
    public static SocketException Of(EndPoint endPoint, SocketException failure) => endPoint is UnixDomainSocketEndPoint
        ? new SocketException((int)failure.SocketErrorCode, Cause(endPoint.ToString()!, failure))
        : failure;

    private static string Cause(string path, SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.AddressNotAvailable => "No such file or directory",
        SocketError.ConnectionRefused or SocketError.AddressAlreadyInUse when Directory.Exists(path) => "Is a directory, not a socket",
        SocketError.ConnectionRefused or SocketError.AddressAlreadyInUse when StaleSocketFile.IsOtherFile(path) => "Is a file, not a socket",
        // connect(2) on a Unix domain socket does not wait for room in the listener's backlog when it must not block.
        SocketError.WouldBlock => $"{failure.Message}: the listener's backlog of connections is full",
        SocketError.SocketError => OfPath(path) ?? failure.Message,
        _ => failure.Message,
    };

    // The cases behind errors that .NET does not know.
    private static string? OfPath(string path)
    {
        for (string? folder = Path.GetDirectoryName(path); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(folder)) return $"'{folder}' is not a directory";
        }
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite).Dispose();
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }
}
