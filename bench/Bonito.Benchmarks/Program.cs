using Bonito.Benchmarks;

// Benchmarks that measure against limits of the machine taken in the same run. Results: docs/benchmarks.md.
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Bonito.Benchmarks gemm [MxNxK ...] | linear [format ...] | model [160M|1.1B|7B [weights ...] | file.gguf] | make shape weights file.gguf | training [7M|160M|160M-lora [steps]] | optimizer | qlora [layers tokens bits rank steps] | generation [folder | vocabulary width layers] | constraints folder documents [tokenizer.json] | quality --help | parquet [file] | ctga bench/ctga_jinja.py");
    return 2;
}
switch (args[0])
{
    case "gemm": GemmBenchmark.Run(args[1..]); return 0;
    case "linear": LinearBenchmark.Run(args[1..]); return 0;
    case "make": ModelBenchmark.Make(args[1..]); return 0;
    case "model": ModelBenchmark.Run(args[1..]); return 0;
    case "training": TrainingBenchmark.Run(args[1..]); return 0;
    case "optimizer": OptimizerBenchmark.Run(); return 0;
    case "qlora": QloraBenchmark.Run(args[1..]); return 0;
    case "generation": GenerationBenchmark.Run(args[1..]); return 0;
    case "constraints": ConstraintBenchmark.Run(args[1..]); return 0;
    case "quality": return QualityBenchmark.Run(args[1..]);
    case "parquet": ParquetBenchmark.Run(args[1..]); return 0;
    case "ctga": return CtgaBenchmark.Run(args[1..]);
    case "tokenizer": return TokenizerBenchmark.Run(args[1..]);
    default: Console.Error.WriteLine($"unknown benchmark '{args[0]}'"); return 2;
}
