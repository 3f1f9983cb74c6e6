using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc.Testing;

/// <summary>A named place in an <see cref="InMemoryNetwork"/>. Equal by name.</summary>
[JsonConverter(typeof(RefusedConverter))]
public sealed class InMemoryEndPoint : EndPoint, IEquatable<InMemoryEndPoint>
{
    /// <summary>Names a place.</summary>
    /// <param name="name">The name; upper and lower case differ.</param>
    public InMemoryEndPoint(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    /// <summary>The name, marked as in memory.</summary>
    /// <returns><c>memory:name</c>.</returns>
    public override string ToString() => $"memory:{Name}";

    /// <summary>Whether both have the same name.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>True when they have.</returns>
    public bool Equals(InMemoryEndPoint? other) => other is not null && other.Name == Name;

    /// <inheritdoc/>
    public override bool Equals(object? comparand) => Equals(comparand as InMemoryEndPoint);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
