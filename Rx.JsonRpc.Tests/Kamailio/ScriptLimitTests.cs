using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tests.Kamailio;

public class ScriptLimitTests
{
    private static readonly Dictionary<string, string> NoDefines = [];

    [Theory]
    [InlineData("jsonrpc_request(\"m\", ")]
    [InlineData("jsonrpc_request(")]
    [InlineData("modparam(jsonrpc_request(janssonrpc_request(")]
    [InlineData("jsonrpc_request(\"m\", \"{}\", \"R\", \"E\", \"$var(x)\"); ")]
    [InlineData("#!ifdef X\n jsonrpc_request(")]
    [InlineData("#!ifndef X\n jsonrpc_request((")]
    [InlineData("\" jsonrpc_request( ")]
    [InlineData("/* jsonrpc_request( ")]
    [InlineData("modparam(\"janssonrpcc\", \"server\", \"conn=a;addr=b;port=1;x=2\") ")]
    public void Script_OfAnyShape_IsReadInLinearSteps(string part)
    {
        (long steps, long kept) = Work(part, 1_000);
        (long twiceSteps, long twiceKept) = Work(part, 2_000);
        Assert.InRange(twiceSteps, steps, 2 * steps);
        Assert.InRange(twiceKept, kept, (2 * kept) + 1_000);
        // Nothing of the script is kept twice.
        Assert.InRange(twiceKept, 0, 2_000 * part.Length);

        static (long Steps, long Kept) Work(string part, int times)
        {
            string text = string.Concat(Enumerable.Repeat(part, times));
            long tokens = 0;
            var calls = new ScriptCalls(["modparam", .. ImportedCall.Functions]);
            var script = new ScriptTokenizer(
                new Dictionary<string, string>(),
                _ => null,
                token =>
                {
                    tokens++;
                    calls.Take(token);
                });
            script.Read(text);
            calls.End();
            return (script.Characters + tokens, calls.Calls.Sum(call => call.Arguments.Sum(argument => (long)argument.Length)));
        }
    }

    [Fact]
    public void Calls_ThatAreNotClosed_AreNamedAndNotTakenOver()
    {
        ModuleImport import = new("jsonrpc_request(\"a\",\njsonrpc_notification(\"b\", \"[]\");\njsonrpc_request(\"c\"", NoDefines, _ => null);
        Assert.Equal("jsonrpc_notification", Assert.Single(import.Calls).Call.Function);
        Assert.Equal(
            ["line 1: 'jsonrpc_request(' is not closed, and was not taken over", "line 3: 'jsonrpc_request(' is not closed, and was not taken over"],
            import.Notes.Select(note => $"{note}"));
    }

    [Theory]
    [InlineData(12, 8)]
    [InlineData(15, 3)]
    public void Defines_ThatDouble_EndAtTheLimitOfCharacters(int depth, int width)
    {
        IEnumerable<string> lines = Enumerable.Range(1, depth).Select(i => $"#!define D{i} {string.Join(' ', Enumerable.Repeat($"D{i - 1}", width))}");
        string text = $"#!define D0 x\n{string.Join('\n', lines)}\n{string.Join(' ', Enumerable.Repeat($"D{depth}", 200))}";
        ScriptLimitException fault = Assert.Throws<ScriptLimitException>(() => new ModuleImport(text, NoDefines, _ => null));
        Assert.Contains($"line {depth + 2}: ", fault.Message);
        Assert.Contains("4,194,304 characters", fault.Message);
    }

    [Fact]
    public void Defines_DeeperThanTheLimit_AreNamed()
    {
        string text = string.Join('\n', Enumerable.Range(0, 20).Select(i => $"#!define D{i} D{i + 1}")) + "\nD0";
        ScriptLimitException fault = Assert.Throws<ScriptLimitException>(() => new ModuleImport(text, NoDefines, _ => null));
        Assert.StartsWith("line 21: ", fault.Message);
        Assert.Contains("16 deep", fault.Message);
    }

    [Fact]
    public void Includes_ThatIncludeEachOther_EndAtTheLimit()
    {
        string all = string.Join('\n', Enumerable.Range(0, 11).Select(i => $"include_file \"f{i}\""));
        int read = 0;
        ScriptLimitException fault = Assert.Throws<ScriptLimitException>(() => new ModuleImport(all, NoDefines, Include));
        Assert.Contains("more than 1,000 files are included", fault.Message);
        Assert.Matches("^f[0-9]+ line [0-9]+: ", fault.Message);
        Assert.Equal(ScriptTokenizer.MostIncludes, read);

        string Include(string file)
        {
            read++;
            return all;
        }
    }

    /// <summary>Each place in a file names it.</summary>
    [Fact]
    public void Include_OfALongPath_IsNamedByItsEnd()
    {
        string path = string.Concat(Enumerable.Repeat("./", 2_000)) + "calls.cfg";
        ModuleImport import = new($"include_file \"{path}\"", NoDefines, _ => "\njsonrpc_notification(\"m\", \"[]\");");
        string place = Assert.Single(import.Calls).Call.Place;
        Assert.InRange(place.Length, 1, 100);
        Assert.EndsWith("calls.cfg line 2", place);
    }

    [Fact]
    public void Includes_ThatAreLargeTogether_EndAtTheLimitOfCharacters()
    {
        string large = new(' ', 1_000_000);
        ScriptLimitException fault = Assert.Throws<ScriptLimitException>(
            () => new ModuleImport(string.Join('\n', Enumerable.Repeat("include_file \"x\"", 10)), NoDefines, _ => large));
        Assert.Contains("4,194,304 characters", fault.Message);
    }

    [Fact]
    public void Read_Stopped_Ends()
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new ModuleImport("include_file \"x\" a", NoDefines, Stop, stop.Token));

        string Stop(string file)
        {
            stop.Cancel();
            return "b";
        }
    }

    [Fact]
    public void Import_ManyOrLongPoolsAndManyCallsOfNone_NotesGrowAsTheScriptDoes()
    {
        Assert.InRange(Said(2_000), 1, 3 * Said(1_000));

        static long Said(int times)
        {
            string letters = new('p', times);
            string begin = $"modparam(\"janssonrpcc\", \"server\", \"conn={letters};addr=a;port=1\")\nmodparam(\"janssonrpcc\", \"result_pv\", \"$var({letters})\")\n";
            IEnumerable<string> lines = Enumerable.Range(0, times).SelectMany(i => new[]
            {
                $"modparam(\"janssonrpcc\", \"server\", \"conn=p{i};addr=a;port=1\")",
                "janssonrpc_request(\"none\", \"m\", \"[]\"); jsonrpc_notification(\"m\", \"[]\");",
            });
            return new ModuleImport(begin + string.Join('\n', lines), NoDefines, _ => null).Calls.Sum(call => call.Lost.Sum(lost => (long)lost.Length));
        }
    }

    [Theory]
    [InlineData("#!define A 1\n#!trydef A 2\nmodparam(\"jsonrpcc\", \"servers\", \"a:\" A)", "a:1")]
    [InlineData("#!define A 1\n#!redefine A 2\nmodparam(\"jsonrpcc\", \"servers\", \"a:\" A)", "a:2")]
    [InlineData("#!ifexp X > 1\nmodparam(\"jsonrpcc\", \"servers\", \"a:1\")\n#!else\nmodparam(\"jsonrpcc\", \"servers\", \"a:2\")\n#!endif", "a:1")]
    [InlineData("#!ifdef X\n#!ifexp 1\n#!endif\nmodparam(\"jsonrpcc\", \"servers\", \"a:1\")\n#!else\nmodparam(\"jsonrpcc\", \"servers\", \"a:2\")\n#!endif", "a:2")]
    public void Directives_MeanWhatTheyMeanToKamailio(string text, string server) =>
        Assert.Equal(server, Assert.Single(new ModuleImport(text, NoDefines, _ => null).Pools["default"].Servers).ToString());
}
