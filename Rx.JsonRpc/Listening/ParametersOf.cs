using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Rx.JsonRpc.Listening;

/// <summary>Reads the parameters of a call as a handler wants them.</summary>
internal static class ParametersOf
{
    /// <returns>False when they do not fit; then the call has been answered.</returns>
    public static bool TryRead<TParams, TResult>(IncomingCall call, Method<TParams, TResult> method, [MaybeNullWhen(false)] out TParams parameters)
    {
        if (typeof(TParams) == typeof(RawJson))
        {
            RawJson raw = call.Parameters;
            parameters = Unsafe.As<RawJson, TParams>(ref raw);
            return true;
        }
        parameters = default;
        // Only a nullable value type says that it can do without.
        if (call.Parameters.IsEmpty && typeof(TParams).IsValueType && default(TParams) is null)
        {
            parameters = default!;
            return true;
        }
        if (call.Parameters.IsEmpty) return Misfit(call, "there are none");
        try
        {
            parameters = call.Serializer.Read(new ReadOnlySequence<byte>(call.Parameters.Utf8), method.Parameters);
        }
        catch (Exception fault)
        {
            return Misfit(call, fault.Message);
        }
        return parameters is not null || Misfit(call, "they were read as null");
    }

    private static bool Misfit(IncomingCall call, string why)
    {
        HandlerFailures.AnswerMisfit(call, why);
        call.NotificationHandled();
        return false;
    }
}
