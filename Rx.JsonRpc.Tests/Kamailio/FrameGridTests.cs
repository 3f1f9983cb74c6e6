using System.Text;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tests.Kamailio;

public class FrameGridTests
{
    // What evapi of Kamailio 5.6 was measured to hold.
    private const int EvapiBufferBytes = 32_767;

    [Fact]
    public void Align_AnyLength_MakesAWholeNumberOfSteps()
    {
        for (int length = 2; length < 1200; length++)
        {
            FrameBuffer buffer = FrameBuffer.Rent();
            buffer.Append(Encoding.UTF8.GetBytes($"\"{new string('x', length - 2)}\""));
            FrameGrid.Align(buffer);
            int frame = buffer.Complete().Length;
            Assert.Equal(0, frame % FrameGrid.Step);
            Assert.Equal(FrameGrid.FrameLength(buffer.PayloadLength), frame);
            Assert.InRange(buffer.PayloadLength - length, 0, FrameGrid.Step);
            FrameBuffer.Return(buffer);
        }
    }

    [Fact]
    public void EndOfTheBuffer_NeverFallsOnALengthOrBeforeAComma()
    {
        int cut = EvapiBufferBytes % FrameGrid.Step;
        Assert.InRange(cut, "32000:".Length, FrameGrid.Step - 2);
    }

    [Fact]
    public void Answers_OfTheGateway_LieOnTheGrid()
    {
        var world = new GatewayInVirtualTime();
        world.Serve();
        for (uint i = 0; i < 30; i++)
        {
            world.Time["a"].OnCall = call => call.Result($"\"{new string('x', (int)i)}\"");
            world.Kamailio.Request(i);
        }
        world.Kamailio.Request(99, more: ",");
        Assert.Equal(31, world.Kamailio.Answers.Count);
        Assert.All(world.Kamailio.Answers, answer => Assert.Equal(0, FrameGrid.FrameLength(answer.Bytes) % FrameGrid.Step));
    }
}
