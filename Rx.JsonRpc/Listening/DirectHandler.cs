namespace Rx.JsonRpc.Listening;

/// <summary>A handler that returns its result.</summary>
internal sealed class DirectHandler<TParams, TResult>(Method<TParams, TResult> method, Func<TParams, TResult> handler)
{
    public void Handle(IncomingCall call)
    {
        if (!ParametersOf.TryRead(call, method, out TParams? parameters)) return;
        try
        {
            call.TryAnswer(handler(parameters), method.Result);
        }
        catch (Exception thrown)
        {
            HandlerFailures.Answer(call, thrown);
        }
        call.NotificationHandled();
    }
}
