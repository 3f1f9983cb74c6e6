using System.Net;

namespace Rx.JsonRpc.Recording;

/// <summary>A server of a log whose end point is of a kind that only the recording host knows. Equal by its text.</summary>
internal sealed class RecordedEndPoint(string text) : EndPoint
{
    public override string ToString() => text;

    public override bool Equals(object? comparand) => comparand is RecordedEndPoint other && other.ToString() == text;

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);
}
