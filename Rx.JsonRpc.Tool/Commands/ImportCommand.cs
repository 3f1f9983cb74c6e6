using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Tool.Input;

namespace Rx.JsonRpc.Tool.Commands;

/// <summary><c>rxrpc import</c>: a configuration for the gateway out of what Kamailio's own modules are told.</summary>
internal static class ImportCommand
{
    private const int Nothing = 1;

    private const string Ending =
        """
        Reads the modparam lines of jsonrpcc and janssonrpcc and the calls in the script. The configuration goes to stdout; what changes in
        meaning, what could not be taken over and what takes the place of each call go to stderr.

        With its includes and defines put in, the script may have 4,194,304 characters; 1,000 files may be included, 16 deep.

        Example:
          rxrpc import /etc/kamailio/kamailio.cfg > rxrpc.json

        Exit codes:
          0    done
          1    no servers of jsonrpcc or janssonrpcc were found
          64   wrong usage, or a file that cannot be read or is too large: the line is named
          74   the configuration or the notes could not be written
          130  interrupted, also by SIGTERM
        """;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(ToolConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "Kamailio's configuration; what it includes is read too." };
        var defines = new Option<string[]>("--define", "-A")
        {
            Description = "NAME or NAME=VALUE, as kamailio -A takes it; may be given again.",
            HelpName = "NAME",
        };
        var command = new ToolCommand("import", "Writes a configuration for the gateway out of jsonrpcc's and janssonrpcc's parameters.", Ending) { file, defines };
        // Whatever it waits for, a slow disk or the reader of its output: a signal ends it.
        command.SetAction((parsed, stop) =>
            Task.Run(() => Run(console, parsed.GetRequiredValue(file), parsed.GetValue(defines) ?? [], stop), stop).WaitAsync(stop));
        return command;
    }

    private static int Run(ToolConsole console, string file, string[] defines, CancellationToken stop)
    {
        ModuleImport import = Import(file, defines, stop);
        bool told = true;
        foreach (string line in Lines(import)) told &= console.ErrorLine(line);
        if (import.Pools.Count == 0)
        {
            told &= console.ErrorLine("rxrpc: found no servers of jsonrpcc or janssonrpcc");
            return told ? Nothing : ExitCode.Output;
        }
        console.Json(Json(import));
        return told ? ExitCode.Done : ExitCode.Output;
    }

    private static ModuleImport Import(string file, string[] defines, CancellationToken stop)
    {
        string text;
        try
        {
            text = InputFile.ReadText(file);
        }
        catch (IOException fault)
        {
            throw new UsageException($"cannot read '{file}': {fault.Message}");
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var defined = new Dictionary<string, string>();
        // As for kamailio, the last one counts.
        foreach (string[] pair in defines.Select(define => define.Split('=', 2))) defined[pair[0]] = pair.ElementAtOrDefault(1) ?? "";
        try
        {
            return new ModuleImport(text, defined, name => InputFile.ReadText(Path.Combine(folder, name)), stop);
        }
        catch (ScriptLimitException fault)
        {
            throw new UsageException($"{file} {fault.Message}");
        }
    }

    private static IEnumerable<string> Lines(ModuleImport import) =>
        import.Notes.Select(note => $"{note}").Concat(import.Calls.SelectMany(
            call => call.Lost.Prepend($"{call.Call.Function} becomes {call.Replacement}").Select(text => $"{call.Call.Place}: {text}")));

    private static string Json(ModuleImport import)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Indented))
        {
            writer.WriteStartObject();
            // Where the route library listens.
            writer.WriteString("evapi", "127.0.0.1:8448");
            if (import.Pools.Count > 1) writer.WriteString("defaultPool", import.Pools.ContainsKey(ModuleImport.DefaultPool) ? ModuleImport.DefaultPool : import.Pools.Keys.First());
            writer.WriteStartObject("pools");
            foreach ((string name, ImportedPool pool) in import.Pools) WritePool(writer, name, pool);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(json.ToArray());
    }

    private static void WritePool(Utf8JsonWriter writer, string name, ImportedPool pool)
    {
        writer.WriteStartObject(name);
        writer.WriteStartArray("servers");
        foreach (ServerAddress server in pool.Servers)
        {
            writer.WriteStringValue(FormattableString.Invariant($"{server},{server.Priority}{(server.Weight == 1 ? "" : $",{server.Weight}")}"));
        }
        writer.WriteEndArray();
        if (pool.MaxConnectionAttempts is { } attempts) writer.WriteNumber("maxConnectionAttempts", attempts);
        if (pool.RetryOn is { } codes)
        {
            writer.WriteStartObject("policy");
            writer.WriteString("retryOn", codes.ToString());
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
