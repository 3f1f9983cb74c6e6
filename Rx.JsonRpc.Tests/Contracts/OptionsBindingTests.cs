using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Rx.JsonRpc.Tests.Contracts;

/// <summary>A configuration binder writes into the object that a property holds: none of those may be anyone else's.</summary>
public sealed class OptionsBindingTests
{
    private static readonly Type[] Exported = typeof(JsonRpcClient).Assembly.GetExportedTypes();

    private static readonly PropertyInfo[] Shared =
    [
        .. Exported.Where(static type => !type.ContainsGenericParameters)
            .SelectMany(static type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Where(static property => !property.PropertyType.IsValueType && property.PropertyType != typeof(string)),
    ];

    public static TheoryData<Type> OptionsTypes =>
        [.. Exported.Where(static type => type is { IsAbstract: false, ContainsGenericParameters: false }
            && type.GetConstructor(Type.EmptyTypes) is not null && Settable(type).Length > 0)];

    [Theory]
    [MemberData(nameof(OptionsTypes))]
    public void Get_OfASectionThatNamesEveryMember_ChangesNoDefault(Type options)
    {
        string before = Defaults(options);

        Attempt(() => Configured(Members(options)).Get(options));
        foreach (KeyValuePair<string, string?> member in Members(options)) Attempt(() => Configured([member]).Get(options));

        Assert.Equal(before, Defaults(options));
    }

    [Theory]
    [MemberData(nameof(OptionsTypes))]
    public void Bind_ToOptionsThatHoldAPublicDefault_ChangesNoDefault(Type options)
    {
        foreach (PropertyInfo shared in Shared.Where(property => property.PropertyType == options))
        {
            string before = Defaults(options);
            object holder = Activator.CreateInstance(typeof(Holder<>).MakeGenericType(options), shared.GetValue(null))!;
            Dictionary<string, string?> members = Members(options).ToDictionary(static member => $"Value:{member.Key}", static member => member.Value);

            foreach (KeyValuePair<string, string?> member in members) Attempt(() => Configured([member]).Bind(holder));

            Assert.Equal(before, Defaults(options));
        }
    }

    [Fact]
    public void Get_WritesIntoInitOnlyMembers()
    {
        RequestPolicy bound = Configured([new("TryTimeout", "00:00:00.3")]).Get<RequestPolicy>()!;

        Assert.Equal(TimeSpan.FromMilliseconds(300), bound.TryTimeout);
    }

    [Fact]
    public void Get_OfClientOptions_LeavesTheDefaultPolicyOfTheProcess()
    {
        JsonRpcClientOptions bound = Configured([new("Policy:TryTimeout", "00:00:00.3"), new("Policy:Backoff:Max", "00:00:09")]).Get<JsonRpcClientOptions>()!;

        Assert.Equal(TimeSpan.FromMilliseconds(300), bound.Policy.TryTimeout);
        Assert.Equal(TimeSpan.FromSeconds(9), bound.Policy.Backoff.Max);
        Assert.Equal(TimeSpan.FromMilliseconds(500), RequestPolicy.Default.TryTimeout);
        Assert.Equal(TimeSpan.FromSeconds(1), RequestPolicy.Default.Backoff.Max);
        Assert.Equal(RequestPolicy.Default, new RequestPolicy());
    }

    [Fact]
    public void OptionsTypes_HoldThoseThatAreKnown() => Assert.Empty(
        new[] { typeof(JsonRpcClientOptions), typeof(JsonRpcListenerOptions), typeof(RequestPolicy), typeof(Backoff), typeof(TcpKeepAlive) }
            .Except(OptionsTypes.Select(static row => row.Data)));

    private static PropertyInfo[] Settable(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.SetMethod is { IsPublic: true })];

    private static IEnumerable<KeyValuePair<string, string?>> Members(Type type)
    {
        foreach (PropertyInfo property in Settable(type))
        {
            Type value = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (OptionsTypes.Any(row => row.Data == value))
            {
                foreach (KeyValuePair<string, string?> inner in Members(value)) yield return new($"{property.Name}:{inner.Key}", inner.Value);
            }
            else if (value != typeof(string) && value.IsAssignableTo(typeof(IEnumerable)))
            {
                yield return new($"{property.Name}:0", "bound:1");
            }
            else
            {
                yield return new(property.Name, Text(value));
            }
        }
    }

    private static string Text(Type type) => type switch
    {
        _ when type == typeof(TimeSpan) => "00:00:07.777",
        _ when type == typeof(DateTimeOffset) => "2031-01-01T00:00:00Z",
        _ when type == typeof(int) || type == typeof(long) => "7777",
        _ when type == typeof(double) => "7.77",
        { IsEnum: true } => Enum.GetNames(type)[^1],
        _ when type == typeof(bool) => "true",
        _ => "bound:1",
    };

    private static IConfigurationRoot Configured(IEnumerable<KeyValuePair<string, string?>> members) =>
        new ConfigurationBuilder().AddInMemoryCollection(members).Build();

    // Some members cannot be read from text: what matters is what the binder wrote until it found out.
    private static void Attempt(Action bind) => Record.Exception(bind);

    private static string Defaults(Type options) => string.Join(
        '\n', Shared.Select(static property => $"{property.DeclaringType!.Name}.{property.Name}: {Dump(property.GetValue(null), 0)}")
            .Append($"new {options.Name}(): {Dump(Activator.CreateInstance(options), 0)}"));

    private static string Dump(object? value, int depth)
    {
        Type? type = value?.GetType();
        if (type is null) return "null";
        if (value is IFormattable formattable) return formattable.ToString(null, CultureInfo.InvariantCulture);
        if (type.Assembly != typeof(JsonRpcClient).Assembly || depth > 4) return type.Name;
        IEnumerable<FieldInfo> fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        return $"{{{string.Join(", ", fields.Select(field => $"{field.Name}={Dump(field.GetValue(value), depth + 1)}"))}}}";
    }

    private sealed class Holder<T>(T value)
    {
        public T Value { get; set; } = value;
    }
}
