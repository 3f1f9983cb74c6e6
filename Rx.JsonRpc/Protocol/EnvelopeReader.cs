using System.Buffers;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// Reads the messages in one frame: one, or those of a batch. The bytes are parsed, never searched, and nothing is copied or thrown.
/// A frame that is not JSON as a whole gives one <see cref="EnvelopeKind.NotJson"/> and nothing before it.
/// </summary>
internal ref struct EnvelopeReader
{
    private readonly ReadOnlySequence<byte> _frame;
    private readonly bool _strict;
    private Utf8JsonReader _json;
    private State _state;

    public EnvelopeReader(in ReadOnlySequence<byte> frame, bool strict)
    {
        _frame = frame;
        _strict = strict;
        _json = new Utf8JsonReader(frame, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        _state = Utf8Sequence.IsValid(frame) ? Begin() : State.NotJson;
    }

    private enum State
    {
        Single,
        Batch,
        EmptyBatch,
        NotJson,
        End,
    }

    /// <summary>Whether the frame is a JSON array, whatever is in it.</summary>
    public bool IsBatch { get; private set; }

    /// <summary>Whether the frame is an array of nothing, which is answered with a single error and not with an array.</summary>
    public bool IsEmptyBatch { get; private set; }

    /// <summary>Reads the next message.</summary>
    /// <param name="envelope">The message; rubbish at the end.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryRead(out Envelope envelope)
    {
        envelope = new Envelope { Kind = EnvelopeKind.Invalid, Id = EnvelopeId.None };
        State state = _state;
        if (state == State.Batch) return TryReadElement(ref envelope);
        _state = State.End;
        if (state == State.Single && !TryReadSingle(ref envelope)) state = State.NotJson;
        if (state == State.NotJson) envelope.Kind = EnvelopeKind.NotJson;
        return state != State.End;
    }

    private State Begin()
    {
        try
        {
            if (!_json.Read()) return State.NotJson;
            if (_json.TokenType != JsonTokenType.StartArray) return State.Single;
            // No element may be delivered before the last one is known to be sound.
            Utf8JsonReader ahead = _json;
            ahead.Read();
            bool isEmpty = ahead.TokenType == JsonTokenType.EndArray;
            while (ahead.Read())
            {
            }
            IsBatch = true;
            IsEmptyBatch = isEmpty;
            return isEmpty ? State.EmptyBatch : State.Batch;
        }
        catch (JsonException)
        {
            return State.NotJson;
        }
    }

    private bool TryReadSingle(ref Envelope envelope)
    {
        try
        {
            var members = default(EnvelopeMembers);
            bool isObject = _json.TokenType == JsonTokenType.StartObject;
            if (isObject) members.Read(ref _json);
            // Throws when another document follows.
            _json.Read();
            if (isObject) members.Fill(ref envelope, _frame, _strict);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool TryReadElement(ref Envelope envelope)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            var members = default(EnvelopeMembers);
            members.Read(ref _json);
            members.Fill(ref envelope, _frame, _strict);
            return true;
        }
        if (_json.TokenType == JsonTokenType.EndArray)
        {
            _state = State.End;
            return false;
        }
        _json.Skip();
        return true;
    }
}
