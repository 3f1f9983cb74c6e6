using Rx.JsonRpc.Tool;

var hangups = new Hangups();
using var signals = new Signals(hangups, outlivesHangups: args is ["gateway", ..]);
return await CommandLineEntry.RunAsync(args, ToolConsole.OfProcess(), signals.Stop, hangups);
