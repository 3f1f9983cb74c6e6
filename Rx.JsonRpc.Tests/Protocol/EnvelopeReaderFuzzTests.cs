using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

public class EnvelopeReaderFuzzTests
{
    private static readonly string[] Seeds =
    [
        """{"jsonrpc":"2.0","result":{"a":[1,2.5e3,"x\u00e9\ud83d\ude00é"],"b":null},"id":7}""",
        """{"jsonrpc":"2.0","error":{"code":-32000,"message":"b\u00fcsy","data":[true,false]},"id":"7"}""",
        """[{"result":1,"id":7.0},{"method":"m","params":{"id":9}},{"method":"n","id":"s"}]""",
    ];

    private static readonly Gen<byte> Byte = Gen.OneOf(Gen.Byte, OneOf.These("{}[]\",:\\u0e.-7nt \n"u8.ToArray()));

    [Fact]
    public void TryRead_RandomBytes_NeverThrowsAndBelievesNoRubbish() => Byte.Array[0, 40].Sample(Check, iter: 5000);

    [Fact]
    public void TryRead_MutatedReplies_NeverThrowsAndBelievesNoRubbish() =>
        Gen.Select(OneOf.These(Seeds), Gen.Select(Gen.Int[0, 2], Gen.Int[0, 99], Byte).Array[1, 4]).Sample((seed, edits) =>
        {
            var bytes = new List<byte>(Encoding.UTF8.GetBytes(seed));
            foreach ((int how, int where, byte value) in edits)
            {
                int at = where % bytes.Count;
                if (how == 0) bytes[at] = value;
                else if (how == 1) bytes.Insert(at, value);
                else bytes.RemoveAt(at);
            }
            return Check([.. bytes]);
        }, iter: 20_000);

    private static bool Check(byte[] frame)
    {
        List<Seen> whole = Seen.In(new ReadOnlySequence<byte>(frame));
        bool same = whole.SequenceEqual(Seen.In(Segments.EachByte(frame)))
            && whole.SequenceEqual(Seen.In(Segments.CutAt(frame, frame.Length / 2)));
        foreach (Seen error in whole.Where(seen => seen.Kind == EnvelopeKind.Error))
        {
            _ = ErrorReader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(error.Value)), strict: false, out _);
        }
        _ = ErrorReader.Read(new ReadOnlySequence<byte>(frame), strict: false, out _);
        BrokenText.FindIds(Segments.EachByte(frame), []);
        return same && IsJson(frame) == (whole is not [{ Kind: EnvelopeKind.NotJson }]);
    }

    private static bool IsJson(byte[] frame)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(frame);
            using var document = JsonDocument.Parse(frame.AsMemory());
            return true;
        }
        catch (Exception fault) when (fault is JsonException or DecoderFallbackException)
        {
            return false;
        }
    }
}
