using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench -- --filter '*EnvelopeWrite*' --job short
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
