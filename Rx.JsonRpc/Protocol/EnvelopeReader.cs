using System.Buffers;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// Reads the messages in one frame: one, or those of a batch. The bytes are parsed, never searched, and nothing is copied or thrown.
/// A frame that is not JSON as a whole gives one <see cref="EnvelopeKind.NotJson"/> and nothing before it.
/// </summary>
internal ref struct EnvelopeReader
{
    /// <summary>Why a reply cannot be used that nests too deeply.</summary>
    public static readonly string TooDeep = $"it nests deeper than {RawJson.MaxDepth} levels";

    private readonly ReadOnlySequence<byte> _frame;
    private readonly bool _strict;
    private Utf8JsonReader _json;
    private State _state;
    private bool _deep;

    public EnvelopeReader(in ReadOnlySequence<byte> frame, bool strict)
    {
        _frame = frame;
        _strict = strict;
        StartOver(RawJson.MaxDepth + LevelsAround(frame));
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

    /// <summary>The message around its value, and the batch around the message.</summary>
    private static int LevelsAround(in ReadOnlySequence<byte> frame)
    {
        ReadOnlySpan<byte> start = frame.FirstSpan.TrimStart(" \t\r\n"u8);
        bool isBatch = start.IsEmpty ? IsBatchLater(frame) : start[0] == '[';
        return isBatch ? 2 : 1;
    }

    private static bool IsBatchLater(in ReadOnlySequence<byte> frame)
    {
        var text = new SequenceReader<byte>(frame);
        text.AdvancePastAny(" \t\r\n"u8);
        return text.TryPeek(out byte first) && first == '[';
    }

    private void StartOver(int maxDepth) => _json = new Utf8JsonReader(_frame, new JsonReaderOptions { MaxDepth = maxDepth });

    private State Begin()
    {
        State state = TryBegin();
        // The data of an error stands one level deeper than a result; such a frame is rare, and read again with a look at each value.
        if (state == State.NotJson && TryGoDeeper()) state = TryBegin();
        return state;
    }

    private bool TryGoDeeper()
    {
        if (_deep) return false;
        _deep = true;
        StartOver(RawJson.MaxDepth + LevelsAround(_frame) + 1);
        return true;
    }

    private State TryBegin()
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
        if (TryReadWhole(ref envelope)) return true;
        return TryGoDeeper() && TryBegin() == State.Single && TryReadWhole(ref envelope);
    }

    private bool TryReadWhole(ref Envelope envelope)
    {
        try
        {
            var members = default(EnvelopeMembers);
            bool isObject = _json.TokenType == JsonTokenType.StartObject;
            if (isObject) members.Read(ref _json);
            // Throws when another document follows.
            _json.Read();
            if (isObject) Fill(members, ref envelope);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private readonly void Fill(in EnvelopeMembers members, ref Envelope envelope)
    {
        members.Fill(ref envelope, _frame, _strict);
        if (_deep && envelope.Kind != EnvelopeKind.Error && IsTooDeep(envelope.Value)) Refuse(ref envelope);
    }

    private static void Refuse(ref Envelope envelope)
    {
        if (envelope.Kind == EnvelopeKind.Result) envelope.Fault = TooDeep;
        envelope.Kind = EnvelopeKind.Invalid;
        envelope.Value = default;
        envelope.Method = null;
    }

    private static bool IsTooDeep(in ReadOnlySequence<byte> value)
    {
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        try
        {
            while (reader.Read())
            {
            }
            return false;
        }
        catch (JsonException)
        {
            return !value.IsEmpty;
        }
    }

    private bool TryReadElement(ref Envelope envelope)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            var members = default(EnvelopeMembers);
            members.Read(ref _json);
            Fill(members, ref envelope);
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
