using Rx.JsonRpc.Tool;

using var signals = new Signals();
return await CommandLineEntry.RunAsync(args, ToolConsole.OfProcess(), signals.Stop);
