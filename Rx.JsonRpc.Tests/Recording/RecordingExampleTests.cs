using Rx.JsonRpc.Tests.Tool;

namespace Rx.JsonRpc.Tests.Recording;

public class RecordingExampleTests
{
    [Fact]
    public async Task Example_OfTheDocument_WritesAFileThatReadsBack()
    {
        await using JsonRpcListener service = ToolRun.Serve(out string servers);
        string path = Path.Combine(Path.GetTempPath(), $"rxrpc-{Guid.NewGuid():N}.jsonl");
        try
        {
            await RecordAsync(path, servers);

            using FileStream log = File.OpenRead(path);
            Assert.Equal([OutcomeKind.Cancelled], AttemptLog.Read(log).Select(record => record.Outcome));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task RecordAsync(string path, string servers)
    {
        // Quoted in docs/replay.md:
        await using FileStream log = File.Create(path);
        await using var client = new JsonRpcClient(servers);
        client.Records.Subscribe(record => AttemptLog.Write(log, record));
        // End of quotation.
        client.Request("silent").Subscribe(_ => { }, _ => { });
    }
}
