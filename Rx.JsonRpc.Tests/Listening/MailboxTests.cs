using System.IO.Pipelines;
using Rx.JsonRpc.Listening;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Listening;

public class MailboxTests
{
    private readonly Later _later = new();
    private readonly List<int> _delivered = [];

    [Fact]
    public void Post_SeveralBeforeTheDelivery_DeliveredInOrderByOneWorkItem()
    {
        var mailbox = new Mailbox<int>(new Continuations(_later), _delivered.Add);
        for (int i = 0; i < 3; i++) mailbox.Post(i);
        Assert.Empty(_delivered);

        _later.RunOne();

        Assert.Equal([0, 1, 2], _delivered);
    }

    [Fact]
    public void Post_FromInsideTheDelivery_DeliveredAfterIt()
    {
        Mailbox<int> mailbox = null!;
        mailbox = new Mailbox<int>(new Continuations(_later), item =>
        {
            if (item == 0) mailbox.Post(1);
            _delivered.Add(item);
        });
        mailbox.Post(0);

        _later.RunOne();

        Assert.Equal([0, 1], _delivered);
        mailbox.Post(2);
        _later.RunOne();
        Assert.Equal([0, 1, 2], _delivered);
    }

    [Fact]
    public void Post_WhileTheDeliveryEnds_NothingIsLeftBehind() => Race.Run(
        20_000,
        () =>
        {
            var delivered = new CountdownEvent(3);
            var mailbox = new Mailbox<int>(new Continuations(PipeScheduler.ThreadPool), _ => delivered.Signal());
            mailbox.Post(0);
            return (Mailbox: mailbox, Delivered: delivered);
        },
        round => round.Mailbox.Post(1),
        round => round.Mailbox.Post(2),
        round => Assert.True(round.Delivered.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)));
}
