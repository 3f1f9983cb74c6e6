using System.Buffers;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// The members of one message that mean something to JSON-RPC, and what kind of message they make. Of a member that is written twice the
/// last one counts, unless strict.
/// </summary>
internal ref struct EnvelopeMembers
{
    private Slice _id;
    private Slice _result;
    private Slice _error;
    private Slice _parameters;
    private JsonTokenType _methodType;
    private string? _method;
    private long _idNumber;
    private bool _hasVersion;
    private bool _isVersion2;
    private bool _hasTwins;

    private enum Member
    {
        Other,
        Version,
        Id,
        Method,
        Parameters,
        Result,
        Error,
    }

    /// <summary>Reads the object at whose beginning the reader stands, to its end.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public void Read(ref Utf8JsonReader reader)
    {
        _idNumber = EnvelopeId.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Member member = MemberAt(in reader);
            reader.Read();
            JsonTokenType type = reader.TokenType;
            long start = reader.TokenStartIndex;
            LookAtScalar(member, in reader);
            reader.Skip();
            Keep(member, new Slice(type, start, reader.BytesConsumed - start));
        }
    }

    public readonly void Fill(ref Envelope envelope, in ReadOnlySequence<byte> frame, bool strict)
    {
        EnvelopeKind kind = strict && (!_isVersion2 || _hasTwins) ? EnvelopeKind.Invalid : Kind(strict);
        if (strict && kind is EnvelopeKind.Result or EnvelopeKind.Error && !IsIdAsSent(frame)) kind = EnvelopeKind.Invalid;
        envelope.Kind = kind;
        envelope.Id = _idNumber;
        envelope.IdType = _id.Type;
        if (kind == EnvelopeKind.Invalid && MayBeReply(strict)) envelope.Fault = Fault(strict);
        if (IsEchoable(_id.Type)) envelope.IdJson = _id.Of(frame);
        if (kind == EnvelopeKind.Result)
        {
            envelope.Value = _result.Of(frame);
        }
        else if (kind == EnvelopeKind.Error)
        {
            envelope.Value = _error.Of(frame);
        }
        else if (kind is EnvelopeKind.Call or EnvelopeKind.Notification)
        {
            envelope.Method = _method;
            if (_parameters.IsValue) envelope.Value = _parameters.Of(frame);
        }
    }

    private readonly EnvelopeKind Kind(bool strict)
    {
        if (IsRequest(strict)) return HasAnswer(strict) ? EnvelopeKind.Invalid : RequestKind(strict);
        return strict ? StrictReplyKind() : ReplyKind();
    }

    // A peer with one type for requests and replies writes "method":null into its replies.
    private readonly bool IsRequest(bool strict) =>
        strict ? _methodType != JsonTokenType.None : _methodType is not (JsonTokenType.None or JsonTokenType.Null);

    private readonly bool HasAnswer(bool strict) => strict ? _result.IsPresent || _error.IsPresent : _result.IsValue || HasError;

    // Some peers write "error":false where others write null or nothing.
    private readonly bool HasError => _error.IsValue && _error.Type != JsonTokenType.False;

    private readonly bool MayBeReply(bool strict) => !IsRequest(strict) || HasAnswer(strict);

    private readonly string Fault(bool strict)
    {
        if (IsRequest(strict)) return "it has a method beside its result or error";
        if (_result.IsPresent && _error.IsPresent) return strict ? "it has both a result and an error (Strict)" : "it has both a result and an error";
        if (!_result.IsPresent && !(strict ? _error.IsValue : HasError)) return "it has neither a result nor an error";
        if (!_isVersion2) return "its jsonrpc is not \"2.0\" (Strict)";
        return _hasTwins ? "one of its members is written twice (Strict)" : "its id is not written as the integer that was sent (Strict)";
    }

    private readonly bool IsIdAsSent(in ReadOnlySequence<byte> frame)
    {
        // What has no id of ours is told from the others by that.
        if (_id.Type is JsonTokenType.None or JsonTokenType.Null) return true;
        if (_id.Type != JsonTokenType.Number) return false;
        foreach (ReadOnlyMemory<byte> segment in _id.Of(frame))
        {
            if (segment.Span.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        }
        return true;
    }

    private readonly EnvelopeKind RequestKind(bool strict)
    {
        if (_method is null) return EnvelopeKind.Invalid;
        // A peer that always writes every member writes "params":null where there are none.
        bool none = strict ? !_parameters.IsPresent : !_parameters.IsValue;
        if (!none && _parameters.Type is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return EnvelopeKind.Invalid;
        if (!_id.IsPresent) return EnvelopeKind.Notification;
        return IsEchoable(_id.Type) ? EnvelopeKind.Call : EnvelopeKind.Invalid;
    }

    private readonly EnvelopeKind ReplyKind()
    {
        if (HasError) return _result.IsValue ? EnvelopeKind.Invalid : EnvelopeKind.Error;
        return _result.IsPresent ? EnvelopeKind.Result : EnvelopeKind.Invalid;
    }

    private readonly EnvelopeKind StrictReplyKind()
    {
        if (_result.IsPresent == _error.IsPresent) return EnvelopeKind.Invalid;
        if (_result.IsPresent) return EnvelopeKind.Result;
        return _error.IsValue ? EnvelopeKind.Error : EnvelopeKind.Invalid;
    }

    private void LookAtScalar(Member member, ref readonly Utf8JsonReader reader)
    {
        switch (member)
        {
            case Member.Id:
                _idNumber = EnvelopeId.Read(in reader);
                break;
            case Member.Version:
                _hasTwins |= _hasVersion;
                _hasVersion = true;
                _isVersion2 = reader.TokenType == JsonTokenType.String && JsonStrings.IsAt(in reader, "2.0"u8);
                break;
            case Member.Method:
                _hasTwins |= _methodType != JsonTokenType.None;
                _methodType = reader.TokenType;
                _method = _methodType == JsonTokenType.String ? JsonStrings.TextAt(in reader) : null;
                break;
        }
    }

    private void Keep(Member member, Slice slice)
    {
        switch (member)
        {
            case Member.Id:
                _hasTwins |= _id.IsPresent;
                _id = slice;
                break;
            case Member.Result:
                _hasTwins |= _result.IsPresent;
                _result = slice;
                break;
            case Member.Error:
                _hasTwins |= _error.IsPresent;
                _error = slice;
                break;
            case Member.Parameters:
                _hasTwins |= _parameters.IsPresent;
                _parameters = slice;
                break;
        }
    }

    private static bool IsEchoable(JsonTokenType type) => type is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null;

    private static Member MemberAt(ref readonly Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped) return EscapedMemberAt(in reader);
        long length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        return length switch
        {
            2 when reader.ValueTextEquals("id"u8) => Member.Id,
            5 when reader.ValueTextEquals("error"u8) => Member.Error,
            6 when reader.ValueTextEquals("result"u8) => Member.Result,
            6 when reader.ValueTextEquals("method"u8) => Member.Method,
            6 when reader.ValueTextEquals("params"u8) => Member.Parameters,
            7 when reader.ValueTextEquals("jsonrpc"u8) => Member.Version,
            _ => Member.Other,
        };
    }

    private static Member EscapedMemberAt(ref readonly Utf8JsonReader reader) => JsonStrings.TextAt(in reader) switch
    {
        "id" => Member.Id,
        "error" => Member.Error,
        "result" => Member.Result,
        "method" => Member.Method,
        "params" => Member.Parameters,
        "jsonrpc" => Member.Version,
        _ => Member.Other,
    };

    /// <summary>Where in the frame a member's value stands.</summary>
    private readonly record struct Slice(JsonTokenType Type, long Start, long Length)
    {
        public bool IsPresent => Type != JsonTokenType.None;

        public bool IsValue => Type is not (JsonTokenType.None or JsonTokenType.Null);

        public ReadOnlySequence<byte> Of(in ReadOnlySequence<byte> frame) => IsPresent ? frame.Slice(Start, Length) : default;
    }
}
