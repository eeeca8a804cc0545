using Bonito.Benchmarks;

// Benchmarks that measure against limits of the machine taken in the same run. Results: docs/benchmarks.md.
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Bonito.Benchmarks gemm");
    return 2;
}
switch (args[0])
{
    case "gemm": GemmBenchmark.Run(); return 0;
    default: Console.Error.WriteLine($"unknown benchmark '{args[0]}'"); return 2;
}
