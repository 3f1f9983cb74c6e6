using System.Buffers;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// Finds the ids of replies in text that is no JSON, or only the beginning of one. The text is parsed, as far as it goes: an id is a member
/// of the message itself, never one of its parameters or its result. What stands between the members need not be JSON.
/// </summary>
internal ref struct BrokenText
{
    // More than any id or member name that means something, with its escapes.
    private const int MostKept = JsonInteger.MaxBytes;

    private readonly List<long> _ids;
    private SequenceReader<byte> _text;
    private int _depth;
    private int _messageDepth;
    private long _id;
    private bool _isAmbiguous;
    private bool _isRequest;

    private BrokenText(in ReadOnlySequence<byte> text, List<long> ids)
    {
        _text = new SequenceReader<byte>(text);
        _ids = ids;
        _id = EnvelopeId.None;
    }

    /// <summary>Adds the ids of the messages in the text that may be replies, of a batch and of several texts in a row too.</summary>
    /// <param name="text">The text, or its beginning.</param>
    /// <param name="ids">Gets the ids.</param>
    /// <returns>How deeply the text nests.</returns>
    public static int FindIds(in ReadOnlySequence<byte> text, List<long> ids)
    {
        var broken = new BrokenText(text, ids);
        return broken.Read();
    }

    private int Read()
    {
        int deepest = 0;
        byte before = 0;
        // Some peers begin with a byte order mark.
        _text.IsNext([0xef, 0xbb, 0xbf], advancePast: true);
        while (_text.TryRead(out byte next))
        {
            if (next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            if (_depth == 0 && next is not ((byte)'{' or (byte)'[')) break;
            switch (next)
            {
                case (byte)'{' or (byte)'[':
                    Open(next);
                    deepest = Math.Max(deepest, _depth);
                    break;
                case (byte)'}' or (byte)']':
                    Close();
                    break;
                case (byte)'"':
                    TakeString(isName: _depth == _messageDepth && before is (byte)'{' or (byte)',');
                    break;
            }
            before = next;
        }
        EndMessage();
        return deepest;
    }

    private void Open(byte bracket)
    {
        if (_depth == 0) _messageDepth = bracket == '{' ? 1 : 2;
        _depth++;
        if (_depth == _messageDepth) EndMessage();
    }

    private void Close()
    {
        if (_depth == _messageDepth) EndMessage();
        _depth--;
    }

    private void EndMessage()
    {
        if (_id != EnvelopeId.None && !_isAmbiguous && !_isRequest) _ids.Add(_id);
        _id = EnvelopeId.None;
        _isAmbiguous = false;
        _isRequest = false;
    }

    private void TakeString(bool isName)
    {
        Span<byte> kept = stackalloc byte[MostKept];
        int length = ReadString(kept);
        if (!isName || length == 0 || !SkipTo((byte)':')) return;
        if (IsText(kept[..length], "id"u8)) TakeId();
        else if (IsText(kept[..length], "method"u8)) _isRequest |= !IsNullNext();
    }

    private void TakeId()
    {
        Span<byte> kept = stackalloc byte[MostKept];
        SkipWhiteSpace();
        int length = _text.IsNext((byte)'"', advancePast: true) ? ReadString(kept) : ReadScalar(kept);
        long id = length == 0 ? EnvelopeId.None : IdIn(kept[..length]);
        _isAmbiguous |= _id != EnvelopeId.None && _id != id;
        _id = id;
    }

    /// <summary>Reads behind the opening quote.</summary>
    /// <returns>The length with both quotes; 0 when the text ends first or the string is too long to be kept.</returns>
    private int ReadString(scoped Span<byte> kept)
    {
        kept[0] = (byte)'"';
        int length = 1;
        bool escaped = false;
        while (_text.TryRead(out byte next))
        {
            if (length < kept.Length) kept[length] = next;
            length++;
            if (next == '"' && !escaped) return length <= kept.Length ? length : 0;
            escaped = next == '\\' && !escaped;
        }
        return 0;
    }

    /// <summary>Reads a number or a word.</summary>
    /// <returns>The length; 0 when the text ends with it, for it may be longer than that, or it is too long to be kept.</returns>
    private int ReadScalar(scoped Span<byte> kept)
    {
        int length = 0;
        while (_text.TryPeek(out byte next))
        {
            if (next is (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') return length <= kept.Length ? length : 0;
            if (next is (byte)'{' or (byte)'[' or (byte)'"') return 0;
            if (length < kept.Length) kept[length] = next;
            length++;
            _text.Advance(1);
        }
        return 0;
    }

    private bool SkipTo(byte expected)
    {
        SkipWhiteSpace();
        return _text.IsNext(expected, advancePast: true);
    }

    private bool IsNullNext()
    {
        SkipWhiteSpace();
        return _text.IsNext("null"u8);
    }

    private void SkipWhiteSpace() => _text.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r', (byte)'\n');

    private static bool IsText(ReadOnlySpan<byte> json, ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(json);
        return TryStart(ref reader) && JsonStrings.IsAt(in reader, text);
    }

    private static long IdIn(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return TryStart(ref reader) ? EnvelopeId.Read(in reader) : EnvelopeId.None;
    }

    private static bool TryStart(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
