using System.Text.Json;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Protocol;

/// <summary>What can be said for certain about a message of which only the beginning and the end were kept.</summary>
/// <remarks>
/// The beginning is parsed from its first byte. The end is parsed from a comma in it, with a brace in the comma's place, and counts only if
/// that gives one whole object. Such a comma stands between two members of the message: from there to the end both readings meet the same
/// quotes and brackets, and both are outside of all strings and objects at the end, so they agree everywhere, in the comma's depth too.
/// Nothing that stands inside parameters, results or strings can pass for an id. A batch says nothing.
/// </remarks>
internal readonly struct CutEnvelope
{
    private CutEnvelope(EnvelopeKind kind, long id, RawJson idJson)
    {
        Kind = kind;
        Id = id;
        IdJson = idJson;
    }

    /// <summary><see cref="EnvelopeKind.Result"/> for any reply, <see cref="EnvelopeKind.Call"/> for a request with an id, else invalid.</summary>
    public EnvelopeKind Kind { get; }

    /// <summary>The id as an integer that we sent; <see cref="EnvelopeId.None"/> when it is none, or was not found.</summary>
    public long Id { get; }

    /// <summary>The id as the peer wrote it; empty when it was not found.</summary>
    public RawJson IdJson { get; }

    public static CutEnvelope Read(SkippedFrame frame)
    {
        var members = new Members { Id = EnvelopeId.None };
        bool isWhole = frame.Head.Length == frame.Length;
        if (!TryReadObject(frame.Head, isWhole, ref members)) return new CutEnvelope(EnvelopeKind.Invalid, EnvelopeId.None, default);
        if (!isWhole) ReadTail(frame.Tail, ref members);
        EnvelopeKind kind = members.IsReply == members.IsRequest ? EnvelopeKind.Invalid
            : members.IsReply ? EnvelopeKind.Result
            : members.IdJson.IsEmpty ? EnvelopeKind.Invalid
            : EnvelopeKind.Call;
        return new CutEnvelope(kind, members.Id, members.IdJson);
    }

    private static void ReadTail(ReadOnlySpan<byte> tail, ref Members members)
    {
        Span<byte> text = stackalloc byte[SkippedFrame.KeptBytes];
        text = text[..tail.Length];
        tail.CopyTo(text);
        for (int comma = 0; comma < text.Length; comma++)
        {
            if (text[comma] != ',') continue;
            text[comma] = (byte)'{';
            Members read = members;
            if (TryReadObject(text[comma..], isWhole: true, ref read))
            {
                members = read;
                return;
            }
            text[comma] = (byte)',';
        }
    }

    /// <returns>Whether it is an object; and a whole one, if it is to be whole.</returns>
    private static bool TryReadObject(ReadOnlySpan<byte> json, bool isWhole, ref Members members)
    {
        var reader = new Utf8JsonReader(json, isWhole, new JsonReaderState(new JsonReaderOptions { MaxDepth = RawJson.MaxDepth }));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string? name = JsonStrings.TextAt(in reader);
                bool hasValue = reader.Read();
                members.Note(name, in reader, hasValue);
                if (!hasValue || !reader.TrySkip()) return true;
            }
            return !isWhole || !reader.Read();
        }
        catch (JsonException)
        {
            // What was kept is cut somewhere, or not JSON: what came before holds for the beginning, and nothing for the end.
            return !isWhole;
        }
    }

    private struct Members
    {
        public bool IsReply;
        public bool IsRequest;
        public long Id;
        public RawJson IdJson;

        public void Note(string? name, ref readonly Utf8JsonReader reader, bool hasValue)
        {
            // A value that is cut is no null: the beginning is longer than that.
            bool isNull = hasValue && reader.TokenType == JsonTokenType.Null;
            if (name is "result" or "error") IsReply |= !isNull;
            else if (name == "method") IsRequest |= hasValue && reader.TokenType == JsonTokenType.String;
            else if (name == "id" && hasValue) NoteId(in reader);
        }

        private void NoteId(ref readonly Utf8JsonReader reader)
        {
            Id = EnvelopeId.Read(in reader);
            IdJson = reader.TokenType switch
            {
                JsonTokenType.Null => RawJson.FromChecked("null"u8.ToArray()),
                JsonTokenType.Number => RawJson.FromChecked(reader.ValueSpan.ToArray()),
                JsonTokenType.String => RawJson.FromChecked((byte[])[(byte)'"', .. reader.ValueSpan, (byte)'"']),
                _ => default,
            };
        }
    }
}
