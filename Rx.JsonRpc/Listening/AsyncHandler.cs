namespace Rx.JsonRpc.Listening;

/// <summary>A handler that returns its result later.</summary>
internal sealed class AsyncHandler<TParams, TResult>(
    Method<TParams, TResult> method, Func<TParams, CancellationToken, ValueTask<TResult>> handler)
{
    public void Handle(IncomingCall call)
    {
        if (ParametersOf.TryRead(call, method, out TParams? parameters)) _ = Run(call, parameters);
    }

    private async Task Run(IncomingCall call, TParams parameters)
    {
        try
        {
            TResult result = await handler(parameters, call.Disconnected).ConfigureAwait(false);
            call.TryAnswer(result, method.Result);
        }
        catch (Exception thrown)
        {
            HandlerFailures.Answer(call, thrown);
        }
        call.NotificationHandled();
    }
}
