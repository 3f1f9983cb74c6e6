using System.Buffers;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>The members of one message that mean something to JSON-RPC, and what kind of message they make. Of twins the last counts.</summary>
internal ref struct EnvelopeMembers
{
    private Slice _id;
    private Slice _result;
    private Slice _error;
    private Slice _parameters;
    private JsonTokenType _methodType;
    private string? _method;
    private long _idNumber;
    private bool _isVersion2;

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
        EnvelopeKind kind = strict && !_isVersion2 ? EnvelopeKind.Invalid : Kind(strict);
        envelope.Kind = kind;
        envelope.Id = _idNumber;
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
        bool isReply = strict ? _result.IsPresent || _error.IsPresent : _result.IsValue || _error.IsValue;
        // A peer with one type for requests and replies writes "method":null into its replies.
        bool isRequest = strict ? _methodType != JsonTokenType.None : _methodType is not (JsonTokenType.None or JsonTokenType.Null);
        if (isRequest) return isReply ? EnvelopeKind.Invalid : RequestKind(strict);
        return strict ? StrictReplyKind() : ReplyKind();
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
        if (_error.IsValue) return _result.IsValue ? EnvelopeKind.Invalid : EnvelopeKind.Error;
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
                _isVersion2 = reader.TokenType == JsonTokenType.String && JsonStrings.IsAt(in reader, "2.0"u8);
                break;
            case Member.Method:
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
                _id = slice;
                break;
            case Member.Result:
                _result = slice;
                break;
            case Member.Error:
                _error = slice;
                break;
            case Member.Parameters:
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
