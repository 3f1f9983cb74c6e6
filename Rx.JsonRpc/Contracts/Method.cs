using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc;

/// <summary>A method of a JSON-RPC service: its name, and how its parameters and its result are written. Make it once and keep it.</summary>
/// <typeparam name="TParams">The parameters; they must be written as a JSON object or array. <see cref="RawJson"/> is passed untouched.</typeparam>
/// <typeparam name="TResult">The result. <see cref="RawJson"/> gives the text as it was received.</typeparam>
public sealed class Method<TParams, TResult>
{
    /// <summary>Describes a method, ready for trimming and Native AOT.</summary>
    /// <param name="name">The method's name, as the service knows it.</param>
    /// <param name="parameters">How the parameters are written.</param>
    /// <param name="result">How the result is read.</param>
    /// <param name="idempotent">Whether running the method twice does no harm; then a request may be sent again although it may have run.</param>
    /// <param name="allowReserved">Whether the name may start with <c>rpc.</c>, which JSON-RPC 2.0 section 4 reserves.</param>
    /// <exception cref="ArgumentException">The name is empty, or reserved.</exception>
    public Method(
        string name, JsonTypeInfo<TParams> parameters, JsonTypeInfo<TResult> result, bool idempotent = false, bool allowReserved = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(result);
        MethodName.ThrowIfBad(name, allowReserved);
        Name = name;
        Parameters = parameters;
        Result = result;
        Idempotent = idempotent;
        Prefix = MethodName.RequestPrefix(name);
    }

    /// <summary>The method's name.</summary>
    public string Name { get; }

    /// <summary>Whether running the method twice does no harm.</summary>
    public bool Idempotent { get; }

    /// <summary>How the parameters are written.</summary>
    public JsonTypeInfo<TParams> Parameters { get; }

    /// <summary>How the result is read.</summary>
    public JsonTypeInfo<TResult> Result { get; }

    /// <summary>The envelope up to and with the method's name, the same bytes in each request.</summary>
    internal byte[] Prefix { get; }

    /// <summary>
    /// Describes a method whose types are read and written by reflection: camel-case names, case ignored on reading.
    /// </summary>
    /// <param name="name">The method's name, as the service knows it.</param>
    /// <param name="idempotent">Whether running the method twice does no harm.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentException">The name is empty, or reserved.</exception>
    [RequiresUnreferencedCode("Reads and writes the types by reflection. Use the constructor with JsonTypeInfo when trimming.")]
    [RequiresDynamicCode("Reads and writes the types by reflection. Use the constructor with JsonTypeInfo for Native AOT.")]
    public static Method<TParams, TResult> Create(string name, bool idempotent = false) =>
        new(name, ReflectedJson.Of<TParams>(), ReflectedJson.Of<TResult>(), idempotent);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
