namespace Rx.JsonRpc.Tests.Rules;

/// <summary>A file that uses a type of another folder.</summary>
internal sealed record Arrow(SourceFile From, string To, string ToFolder)
{
    public override string ToString() => $"{From.Name} ({From.Folder}) uses {To} ({ToFolder})";
}
