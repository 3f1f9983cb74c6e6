using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Rx.JsonRpc.Tool.Input;

/// <summary>The options that make a <see cref="RequestPolicy"/>.</summary>
internal sealed class PolicyInput
{
    private static readonly RequestPolicy Usual = RequestPolicy.Default;

    private readonly Option<TimeSpan?> _timeout =
        Durations.Option("--timeout", "How long one try on one server may take.", Usual.TryTimeout);

    private readonly Option<TimeSpan?> _total =
        Durations.Option("--total", "How long the whole request may take, over all tries and waits.", Usual.TotalTimeout);

    private readonly Option<int?> _retries = new("--retries")
    {
        Description = "Whole rounds over the servers after the first; -1 for as long as --total lasts. [default: 0]",
        HelpName = "N",
        CustomParser = argument => ReadRetries(argument),
    };

    private readonly Option<Replay?> _replay = new("--replay")
    {
        Description = "When to send a failed request again: ifnotwritten (it cannot have run), always, never. [default: ifnotwritten]",
        HelpName = "ifnotwritten|always|never",
        CustomParser = ReadReplay,
    };

    private readonly Option<ErrorCodes> _retryOn = new("--retry-on")
    {
        Description = "JSON-RPC error codes after which the next server is asked: \"-32603, -32099..-32000\".",
        HelpName = "CODES",
        CustomParser = ReadCodes,
    };

    public void AddTo(Command command)
    {
        _timeout.Aliases.Add("--try-timeout");
        command.Options.Add(_timeout);
        command.Options.Add(_total);
        command.Options.Add(_retries);
        command.Options.Add(_replay);
        command.Options.Add(_retryOn);
    }

    public RequestPolicy Read(ParseResult parsed) => Usual with
    {
        TryTimeout = parsed.GetValue(_timeout) ?? Usual.TryTimeout,
        TotalTimeout = parsed.GetValue(_total) ?? Usual.TotalTimeout,
        Retries = parsed.GetValue(_retries) ?? Usual.Retries,
        Replay = parsed.GetValue(_replay) ?? Usual.Replay,
        RetryOn = parsed.GetValue(_retryOn) ?? ErrorCodes.None,
    };

    /// <summary>The name of an option that was typed; null when none was.</summary>
    public string? FirstGiven(ParseResult parsed) =>
        new Option[] { _timeout, _total, _retries, _replay, _retryOn }.FirstOrDefault(option => parsed.GetResult(option) is not null)?.Name;

    public static bool TryParseReplay(string text, out Replay replay)
    {
        Replay? known = text.ToLowerInvariant() switch
        {
            "ifnotwritten" => Replay.IfNotWritten,
            "always" => Replay.Always,
            "never" => Replay.Never,
            _ => null,
        };
        replay = known ?? default;
        return known is not null;
    }

    private static int ReadRetries(ArgumentResult argument)
    {
        string text = argument.Tokens[^1].Value;
        bool read = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int retries) && retries >= -1;
        if (!read) argument.AddError($"--retries '{text}' is not a number of rounds; expected 0 or more, or -1 for the whole of --total");
        return retries;
    }

    private static Replay? ReadReplay(ArgumentResult argument)
    {
        string text = argument.Tokens[^1].Value;
        if (TryParseReplay(text, out Replay replay)) return replay;
        argument.AddError($"--replay '{text}' is not known; expected ifnotwritten, always or never");
        return null;
    }

    private static ErrorCodes ReadCodes(ArgumentResult argument)
    {
        string text = argument.Tokens[^1].Value;
        if (ErrorCodes.TryParse(text, out ErrorCodes? codes, out string? error)) return codes;
        argument.AddError($"--retry-on: {error}");
        return ErrorCodes.None;
    }
}
