using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tests.Kamailio;

public class EventAllocationTests
{
    private const int Times = 1000;

    private static readonly byte[] Event =
        """{"v":1,"event":"request","index":46937,"label":1327383630,"token":815,"error_route":"ERROR","return_route":"RESPONSE","idempotent":true,"method":"get_user","params":"{'id': 1234}"}"""u8.ToArray();

    [Fact]
    public void Read_NamesSeenBefore_AllocatesNothing()
    {
        var names = new NameCache();
        _ = ReadAll(names);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long sum = ReadAll(names);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Times * 46937L, sum);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Write_Result_AllocatesNothing()
    {
        var outcome = new Outcome<RawJson> { Result = RawJson.Parse("""{"id":1234,"name":"Ada"}""") };
        _ = WriteAll(outcome);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long bytes = WriteAll(outcome);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(bytes > Times);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Names_MadeUpWithoutEnd_AreKeptUpToABound()
    {
        var names = new NameCache();
        for (int i = 0; i < 5000; i++) Assert.Equal($"m{i}", names.Of($"m{i}"));
        Assert.Same(names.Of("m1"), names.Of("m1"));
        Assert.NotSame(names.Of("m4999"), names.Of("m4999"));
    }

    private static long ReadAll(NameCache names)
    {
        long sum = 0;
        for (int i = 0; i < Times; i++) sum += EvapiEventReader.Read(Event, names).Index ?? 0;
        return sum;
    }

    private static long WriteAll(Outcome<RawJson> outcome)
    {
        long bytes = 0;
        for (int i = 0; i < Times; i++)
        {
            FrameBuffer buffer = FrameBuffer.Rent();
            AnswerWriter.Write(buffer, new TransactionId(46937, 1327383630, 815), "RESPONSE", outcome, details: false);
            bytes += buffer.Complete().Length;
            FrameBuffer.Return(buffer);
        }
        return bytes;
    }
}
