using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

public sealed partial class Server
{
    /// <summary>Gives the request a connection, a place in the line for the first one, or a refusal.</summary>
    internal void Admit(IServerRequest request)
    {
        if (!_firstConnect.IsOver && TryFollow(request)) return;
        if (Pick() is { } connection) Ask(connection, request);
        else WaitForFirstConnect(request);
    }

    internal void Forget(IServerRequest request) => _firstConnect.Forget(request);

    private void Ask(ServerConnection connection, IServerRequest request)
    {
        if (request.Judged is { } asked) asked.Connected = true;
        if (_duty != Duty.On)
        {
            request.Refuse(OffDuty());
            return;
        }
        TimeSpan now = _breaker.IsClosed ? default : _services.Stopwatch.Elapsed;
        if (!_breaker.TryAdmit(now, request.Judged is not null, out long ticket) && _services.Servers.Any(server => server.IsUsable))
        {
            request.Refuse(new ServerUnavailableException($"{Address} is {_breaker.Reason}"));
            return;
        }
        if (request.Judged is { } record)
        {
            record.Ticket = ticket;
            record.Connection = connection;
            Interlocked.MemoryBarrier();
            if (record.Ended) _breaker.Judge(ticket, Verdict.Nothing, now);
        }
        request.Begin(connection);
    }

    /// <summary>Sends on those in the line of the first connect that need not wait for it any more.</summary>
    internal void ReleaseFirstConnect()
    {
        if (!_firstConnect.IsEmpty && _firstConnect.TryRelease(NeedNotWait)) SchedulePass();
    }

    /// <summary>
    /// Goes behind those who have waited and have not been sent yet, although the connection that they waited for, or another one, may be
    /// there already.
    /// </summary>
    private bool TryFollow(IServerRequest request)
    {
        bool mayLeave = NeedNotWait(request);
        if (mayLeave) ReleaseFirstConnect();
        if (!_firstConnect.TryFollow(request, mayWait: !mayLeave)) return false;
        // A server may have become usable since that look.
        ReleaseIfItMayLeave(request);
        return true;
    }

    private void ReleaseIfItMayLeave(IServerRequest newcomer)
    {
        if (_firstConnect.TryReleaseWith(newcomer, NeedNotWait)) SchedulePass();
    }

    private void WaitForFirstConnect(IServerRequest request)
    {
        if (!_firstConnect.IsClosed && NeedNotWait(request))
        {
            request.Refuse(NotConnected());
            return;
        }
        switch (_firstConnect.TryWait(request))
        {
            case Admission.Admitted:
                _services.AwaitEndOfGrace();
                // A server may have become usable since that look, and have found nobody in the line.
                ReleaseIfItMayLeave(request);
                break;
            case Admission.Full:
                request.Refuse(FirstConnectFull());
                break;
            // The line may have been closed since that look, and because there is a connection now.
            case Admission.Closed when Pick() is { } connection:
                Ask(connection, request);
                break;
            default:
                request.Refuse(NotConnected());
                break;
        }
    }

    private ServerConnection? Pick()
    {
        ServerLink[] links = _links;
        if (links.Length == 1) return links[0].Connection;
        uint first = Interlocked.Increment(ref _turn);
        ServerConnection? full = null;
        for (uint i = 0; i < links.Length; i++)
        {
            if (links[(first + i) % links.Length].Connection is not { } connection) continue;
            if (connection.Pending.HasRoom) return connection;
            full ??= connection;
        }
        return full;
    }

    /// <summary>Whether the request may go on to a server that is usable, instead of waiting for this one's first connect.</summary>
    private bool NeedNotWait(IServerRequest request) =>
        !request.Attempt.IsForOneServer
        && _services.Servers.Any(other => other.IsUsable
            && (other._address.Priority >= _address.Priority || _services.FirstConnectGraceIsOver)
            && !request.Attempt.HasTried(other));

    private void CloseLine()
    {
        if (_firstConnect.TryClose()) SchedulePass();
    }

    private void SchedulePass() =>
        Continuations.Schedule(static self => OrderedPass.Run((Server)self!, static server => server.PassOn()), this);

    /// <summary>One after another, so that those who waited are sent in the order in which they came.</summary>
    private void PassOn()
    {
        while (_firstConnect.TakeNext() is { } released)
        {
            if (Pick() is { } connection) Ask(connection, released);
            else WaitForFirstConnect(released);
        }
    }
}
