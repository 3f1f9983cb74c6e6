using System.IO.Pipelines;
using System.Text;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>What a pipe holds, as text.</summary>
internal static class PipeText
{
    /// <summary>Takes what has come; empty when nothing has.</summary>
    public static string TakeText(this PipeReader reader)
    {
        if (!reader.TryRead(out ReadResult read)) return "";
        string text = Encoding.UTF8.GetString(read.Buffer);
        reader.AdvanceTo(read.Buffer.End);
        return text;
    }
}
