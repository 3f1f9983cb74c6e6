using System.CommandLine;

namespace Rx.JsonRpc.Tool.Input;

/// <summary>What <c>call</c>, <c>notify</c> and <c>bench</c> have in common: whom to ask, what, and by which policy.</summary>
internal sealed class RequestInput
{
    private readonly Argument<string> _method = new("METHOD") { Description = "The method's name." };

    private readonly Argument<RawJson> _params = new("PARAMS")
    {
        Description = "A JSON object or array; Kamailio's single-quoted form {'id': 1234} too. Left out when not given.",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = ParamsText.Read,
        DefaultValueFactory = _ => default,
    };

    private readonly Option<IReadOnlyList<ServerAddress>> _servers = new("--servers", "-s")
    {
        Description = "\"host:port[,priority[,weight]] ...\", a higher priority first; [::1]:9999 and unix:/path too.",
        HelpName = "LIST",
        Required = true,
        CustomParser = ServersText.Read,
    };

    private readonly Option<bool> _allowReserved = new("--allow-reserved") { Description = "Allow methods that start with 'rpc.'." };

    private readonly PolicyInput _policy = new();

    public void AddTo(Command command)
    {
        command.Arguments.Add(_method);
        command.Arguments.Add(_params);
        command.Options.Add(_servers);
        _policy.AddTo(command);
        command.Options.Add(_allowReserved);
        _method.Validators.Add(result =>
        {
            string name = result.Tokens is [var token, ..] ? token.Value : "";
            if (name.Length == 0) result.AddError("METHOD is empty; expected a method's name");
            else if (name.StartsWith("rpc.", StringComparison.Ordinal) && !result.GetValue(_allowReserved))
            {
                result.AddError($"METHOD '{name}' starts with 'rpc.', which JSON-RPC 2.0 reserves; --allow-reserved calls it all the same");
            }
        });
    }

    public string Method(ParseResult parsed) => parsed.GetRequiredValue(_method);

    public RawJson Parameters(ParseResult parsed) => parsed.GetValue(_params);

    public RequestPolicy Policy(ParseResult parsed) => _policy.Read(parsed);

    public JsonRpcClientOptions Client(ParseResult parsed) => new()
    {
        Servers = parsed.GetRequiredValue(_servers),
        AllowReservedMethods = parsed.GetValue(_allowReserved),
        // Somebody waits in front of the screen: a server that comes up must be found within about a second.
        Reconnect = new Backoff { Max = TimeSpan.FromSeconds(1) },
    };
}
