using System.Reflection;
using System.Reflection.Emit;

namespace Rx.JsonRpc.Tests.Rules;

/// <summary>
/// Every type that a compiled type touches: in its declaration, its members' signatures, and its methods' bodies. Constants and
/// <c>nameof</c> leave no trace in the compiled code, so they are free.
/// </summary>
internal sealed class UsedTypes
{
    private const BindingFlags Own =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private readonly HashSet<Type> _found = [];

    public static IReadOnlyCollection<Type> Of(Type type)
    {
        var used = new UsedTypes();
        used.AddDeclaration(type);
        foreach (FieldInfo field in type.GetFields(Own)) used.Add(field.FieldType);
        foreach (ConstructorInfo constructor in type.GetConstructors(Own)) used.AddMethod(constructor);
        foreach (MethodInfo method in type.GetMethods(Own)) used.AddMethod(method);
        return used._found;
    }

    private void AddDeclaration(Type type)
    {
        Add(type.BaseType);
        foreach (Type implemented in type.GetInterfaces()) Add(implemented);
        AddConstraints(type.GetGenericArguments());
        foreach (CustomAttributeData attribute in type.GetCustomAttributesData()) Add(attribute.AttributeType);
    }

    private void AddMethod(MethodBase method)
    {
        AddSignature(method);
        if (method.IsGenericMethod) AddConstraints(method.GetGenericArguments());
        if (method.GetMethodBody() is not { } body) return;
        foreach (LocalVariableInfo local in body.LocalVariables) Add(local.LocalType);
        foreach (ExceptionHandlingClause clause in body.ExceptionHandlingClauses)
        {
            if (clause.Flags == ExceptionHandlingClauseOptions.Clause) Add(clause.CatchType);
        }
        AddTokens(method, body.GetILAsByteArray() ?? []);
    }

    private void AddTokens(MethodBase method, byte[] il)
    {
        Type[] ofType = method.DeclaringType!.GetGenericArguments();
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < il.Length;)
        {
            OpCode code = OpCodesByValue[il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at]];
            at += code.Size;
            if (code.OperandType is OperandType.InlineType or OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok)
            {
                AddMember(method.Module.ResolveMember(BitConverter.ToInt32(il, at), ofType, ofMethod));
            }
            at += OperandSize(code.OperandType, il, at);
        }
    }

    private static int OperandSize(OperandType operand, byte[] il, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
        _ => 4,
    };

    private void AddMember(MemberInfo? member)
    {
        Add(member?.DeclaringType);
        switch (member)
        {
            case Type type:
                Add(type);
                break;
            case FieldInfo field:
                Add(field.FieldType);
                break;
            case MethodBase method:
                AddSignature(method);
                if (method.IsGenericMethod) AddAll(method.GetGenericArguments());
                break;
        }
    }

    private void AddSignature(MethodBase method)
    {
        AddAll(method.GetParameters().Select(parameter => parameter.ParameterType));
        if (method is MethodInfo returning) Add(returning.ReturnType);
    }

    private void AddConstraints(Type[] parameters)
    {
        foreach (Type parameter in parameters.Where(parameter => parameter.IsGenericParameter))
        {
            AddAll(parameter.GetGenericParameterConstraints());
        }
    }

    private void AddAll(IEnumerable<Type> types)
    {
        foreach (Type type in types) Add(type);
    }

    private void Add(Type? type)
    {
        if (type is null || type.IsGenericParameter) return;
        if (type.HasElementType)
        {
            Add(type.GetElementType());
            return;
        }
        if (type.IsConstructedGenericType)
        {
            AddAll(type.GetGenericArguments());
            type = type.GetGenericTypeDefinition();
        }
        _found.Add(type);
    }
}
