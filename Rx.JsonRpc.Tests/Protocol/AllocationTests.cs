using System.Buffers;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

public class AllocationTests
{
    private const int Times = 1000;

    [Fact]
    public void TryRead_SmallResult_AllocatesNothing()
    {
        byte[] bytes = """{"jsonrpc":"2.0","result":{"a":[1,2],"b":"é"},"id":7}"""u8.ToArray();
        ReadOnlySequence<byte>[] frames = [new(bytes), Segments.CutAt(bytes, 20, 48)];
        _ = ReadAll(frames);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long ids = ReadAll(frames);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(2 * 7 * Times, ids);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void WriteRequest_WarmedUp_AllocatesNothing()
    {
        byte[] prefix = MethodName.RequestPrefix("add");
        var person = new Person { Name = "Ada", Age = 36 };
        _ = WriteAll(prefix, person);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long bytes = WriteAll(prefix, person);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(bytes > Times);
        Assert.Equal(0, allocated);
    }

    private static long ReadAll(ReadOnlySequence<byte>[] frames)
    {
        long ids = 0;
        for (int i = 0; i < Times; i++)
        {
            foreach (ReadOnlySequence<byte> frame in frames)
            {
                var reader = new EnvelopeReader(frame, strict: true);
                while (reader.TryRead(out Envelope envelope)) ids += envelope.Kind == EnvelopeKind.Result ? envelope.Id : 0;
            }
        }
        return ids;
    }

    private static long WriteAll(byte[] prefix, Person person)
    {
        long bytes = 0;
        for (int i = 0; i < Times; i++)
        {
            FrameBuffer buffer = FrameBuffer.Rent();
            RequestWriter.WriteRequest(buffer, "add", prefix, i, person, TestJson.Default.Person, SystemTextJsonSerializer.Instance, 1000);
            bytes += buffer.Complete().Length;
            FrameBuffer.Return(buffer);
        }
        return bytes;
    }
}
