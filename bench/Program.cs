using BenchmarkDotNet.Running;
using Rx.JsonRpc.Bench.Compare;
using Rx.JsonRpc.Bench.Limits;
using Rx.JsonRpc.Bench.Rolling;

// dotnet run -c Release --project bench -- compare --in-flight 64 --seconds 2
// dotnet run -c Release --project bench -- limits steady --seconds 60
// dotnet run -c Release --project bench -- rolling --rounds 8 --rate 1000
// dotnet run -c Release --project bench -- --filter '*EnvelopeWrite*' --job short
switch (args)
{
    case [CompareCommand.Name, .. string[] rest]:
        return await CompareCommand.RunAsync(rest);
    case [LimitsCommand.Name, .. string[] rest]:
        return await LimitsCommand.RunAsync(rest);
    case [RollingCommand.Name, .. string[] rest]:
        return await RollingCommand.RunAsync(rest);
    case [ListenerBesideFloor.ServerName]:
        return await ListenerBesideFloor.ServeAsync();
    case [FixedServer.Name]:
        return FixedServer.Run();
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
