using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rx.JsonRpc.Tests.Execution;

/// <summary>Every public member of the library that takes a duration: "Type.Property" or "Type.Method(parameter)".</summary>
internal static class PublicDurations
{
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(JsonRpcClient).Assembly.GetExportedTypes().SelectMany(Of).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Of(Type type)
    {
        string name = type.Name.Split('`')[0];
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            if (IsDuration(property.PropertyType) && property.SetMethod is { IsPublic: true }) yield return $"{name}.{property.Name}";
        }
        foreach (MethodBase method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
        {
            if (method is MethodInfo { IsSpecialName: true } || method.IsDefined(typeof(CompilerGeneratedAttribute))) continue;
            foreach (ParameterInfo parameter in method.GetParameters())
            {
                if (IsDuration(parameter.ParameterType)) yield return $"{name}.{method.Name}({parameter.Name})";
            }
        }
    }

    private static bool IsDuration(Type type) => type == typeof(TimeSpan) || type == typeof(TimeSpan?);
}
