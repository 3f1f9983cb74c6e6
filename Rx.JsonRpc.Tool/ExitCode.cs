namespace Rx.JsonRpc.Tool;

/// <summary>What the process says to a script. The numbers are part of the tool's contract.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int ErrorReply = 1;
    public const int Timeout = 2;
    public const int Failure = 3;
    // sysexits.h calls it EX_USAGE.
    public const int Usage = 64;
    // sysexits.h calls it EX_IOERR.
    public const int Output = 74;
    // What a shell reports for a process that Ctrl-C ended.
    public const int Interrupted = 130;

    public const string OfCalls =
        """
        Exit codes:
          0    a result
          1    a JSON-RPC error; its JSON is on stderr
          2    timeout: a server was asked, but no reply came in time
          3    failure: no server could be reached, or the connection was lost
          64   wrong usage or bad input
          74   a reply came, but it could not be written (a full disk, a closed pipe): the call may have run
          130  interrupted
        """;

    public const string OfNotifications =
        """
        Exit codes:
          0    it was handed to one server
          2    timeout: it could not be sent in time, and --replay never let it go to no other server
          3    failure: no server could be reached, or none took it
          64   wrong usage or bad input
          130  interrupted
        """;
}
