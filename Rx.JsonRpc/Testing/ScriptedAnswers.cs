namespace Rx.JsonRpc.Testing;

/// <summary>First this answer, then that one; the last one stays.</summary>
internal sealed class ScriptedAnswers(Action<ScriptedCall, ScriptedAnswer>[] answers)
{
    private int _given = -1;

    public void Next(ScriptedCall call, ScriptedAnswer answer)
    {
        int next = Interlocked.Increment(ref _given);
        answers[Math.Min(next, answers.Length - 1)](call, answer);
    }
}
