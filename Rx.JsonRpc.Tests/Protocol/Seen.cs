using System.Buffers;
using System.Text;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Tests.Protocol;

/// <summary>An envelope copied out of its frame, so that it can be compared.</summary>
internal sealed record Seen(EnvelopeKind Kind, long Id, string IdJson, string Value, string? Method)
{
    public static List<Seen> In(string frame, bool strict = false) => In(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(frame)), strict);

    public static List<Seen> In(in ReadOnlySequence<byte> frame, bool strict = false)
    {
        var all = new List<Seen>();
        var reader = new EnvelopeReader(frame, strict);
        while (reader.TryRead(out Envelope envelope))
        {
            all.Add(new Seen(envelope.Kind, envelope.Id, Encoding.UTF8.GetString(envelope.IdJson), Encoding.UTF8.GetString(envelope.Value), envelope.Method));
        }
        Assert.False(reader.TryRead(out _));
        return all;
    }
}
