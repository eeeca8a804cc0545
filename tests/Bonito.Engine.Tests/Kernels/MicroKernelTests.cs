using System.Runtime.Intrinsics.X86;
using Bonito.Engine.Kernels;

namespace Bonito.Engine.Tests.Kernels;

public sealed unsafe class MicroKernelTests
{
    public static TheoryData<string> Paths => KernelPaths.Names;

    /// <summary>Each unrolled block height of each width on its own, depth 0 included.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_block_height_equals_a_chain_of_fused_multiply_adds(string path)
    {
        MicroKernel kernel = KernelPaths.Named(path);
        int width = kernel.PanelWidth, stride = width + 5;
        Random random = new(3);
        foreach (int rows in kernel.RowCounts)
            foreach (int depth in new[] { 0, 1, 2, 37 })
                foreach (bool accumulate in new[] { false, true })
                {
                    using GuardedFloats a = GuardedFloats.Random(random, depth * rows), b = GuardedFloats.Random(random, depth * width);
                    using GuardedFloats c = GuardedFloats.Random(random, rows * stride - 5);
                    float[] expected = c.ToArray();
                    for (int r = 0; r < rows; r++)
                        for (int j = 0; j < width; j++)
                        {
                            float sum = 0;
                            for (int k = 0; k < depth; k++) sum = MathF.FusedMultiplyAdd(a.Values[k * rows + r], b.Values[k * width + j], sum);
                            expected[r * stride + j] = accumulate ? expected[r * stride + j] + sum : sum;
                        }
                    kernel.Block(rows, depth, a.Data, b.Data, c.Data, stride, accumulate);
                    Expect.SameBits(expected, c.Values, $"{path}, {rows} rows, depth {depth}, accumulate {accumulate}");
                }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Any_number_of_rows_is_cut_into_blocks_that_exist(string path)
    {
        MicroKernel kernel = KernelPaths.Named(path);
        Assert.Equal(kernel.RowCounts.OrderDescending(), kernel.RowCounts);
        Assert.Equal(1, kernel.RowCounts[^1]);
        for (int remaining = 1; remaining <= 3 * kernel.MaxRows; remaining++)
        {
            Assert.Contains(kernel.BlockRows(remaining), kernel.RowCounts);
            Assert.InRange(kernel.BlockRows(remaining), 1, remaining);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => kernel.Block(kernel.MaxRows + 1, 1, null, null, null, 0, false));
    }

    /// <summary>The suite is run with paths turned off: this makes sure that they really are.</summary>
    [Fact]
    public void The_best_path_is_the_widest_that_the_processor_and_the_settings_allow()
    {
        bool no512 = Environment.GetEnvironmentVariable("DOTNET_EnableAVX512") == "0", no256 = Environment.GetEnvironmentVariable("DOTNET_EnableAVX2") == "0";
        if (no512 || no256) Assert.NotSame(MicroKernel.Wide512, MicroKernel.Best);
        if (no256) Assert.Same(MicroKernel.Wide128, MicroKernel.Best);
        if (!no512 && !no256) Assert.Same(Avx512F.IsSupported ? MicroKernel.Wide512 : Avx2.IsSupported ? MicroKernel.Wide256 : MicroKernel.Wide128, MicroKernel.Best);
    }
}
