using System.Runtime.InteropServices;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

/// <summary>The optimiser with moments in 32 and in 8 bits.</summary>
public sealed unsafe class AdamWTests
{
    static readonly TrainingOptions Options = new() { LearningRate = 1e-2f, Schedule = Schedule.Constant, WeightDecay = 0.1f, MaxGradientNorm = 1 };

    [Fact]
    public void Sixteen_codes_at_once_are_those_of_one_by_one()
    {
        Random random = new(1);
        List<float> values = [0, -0f, 1, -1, 1.0000001f, float.Epsilon, -float.Epsilon];
        foreach (DynamicMap map in (DynamicMap[])[DynamicMap.Signed, DynamicMap.Unsigned])
            for (int code = 0; code < 255; code++)
            {
                float middle = (map.Values[code] + map.Values[code + 1]) * 0.5f;
                values.AddRange([middle, MathF.BitIncrement(middle), MathF.BitDecrement(middle), map.Values[code]]);
            }
        for (int i = 0; i < 4000; i++) values.Add(MathF.Pow(10, -8 * random.NextSingle()) * (random.Next(2) * 2 - 1));
        while (values.Count % 16 != 0) values.Add(0.5f);
        byte* codes = stackalloc byte[16];
        foreach (DynamicMap map in (DynamicMap[])[DynamicMap.Signed, DynamicMap.Unsigned])
            foreach (float[] sixteen in values.Select(x => map == DynamicMap.Signed ? x : MathF.Abs(x)).Chunk(16))
            {
                fixed (float* x = sixteen) map.Encode(System.Runtime.Intrinsics.Vector512.Load(x), System.Runtime.Intrinsics.Vector512<int>.Zero, codes);
                for (int i = 0; i < 16; i++) AssertNearest(map, sixteen[i], codes[i]);
                float[] decoded = new float[16];
                fixed (float* x = decoded) System.Runtime.Intrinsics.Vector512.Store(map.Decode(codes), x);
                for (int i = 0; i < 16; i++) Assert.InRange(Math.Abs(BitConverter.SingleToInt32Bits(map.Values[codes[i]]) - BitConverter.SingleToInt32Bits(decoded[i])), 0, 2);
            }
    }

    /// <summary>The nearest number's code, or that of its neighbour where the number lies halfway but for the rounding of a place among 256 codes.</summary>
    static void AssertNearest(DynamicMap map, float x, byte code)
    {
        byte nearest = map.Nearest(x);
        if (code == nearest) return;
        Assert.Equal(1, Math.Abs(code - nearest));
        float bound = (map.Values[code] + map.Values[nearest]) * 0.5f;
        // Rounded to 2^-17 where a decade of 128 codes is 9 times as long as what is below it.
        Assert.InRange(Math.Abs(x / bound - 1), 0, 2e-6);
    }

    [Theory]
    [InlineData(256, 1)]
    [InlineData(5000, 1)]
    [InlineData(70_001, 3)]
    public void The_step_in_8_bits_is_that_of_the_scalar_reference(int count, int threads)
    {
        using WorkerPool pool = new(threads);
        Random random = new(2);
        int blocks = (count + 255) / 256;
        using NativeBuffer gradient = new(count), weight = new(count), m = new(blocks * 64), v = new(blocks * 64), mMaxima = new(blocks), vMaxima = new(blocks);
        float[] expectedWeight = new float[count], expectedM = new float[blocks], expectedV = new float[blocks];
        byte[] mCodes = new byte[count], vCodes = new byte[count];
        for (int i = 0; i < count; i++) expectedWeight[i] = weight.Data[i] = random.NextSingle() - 0.5f;
        for (int step = 1; step <= 4; step++)
        {
            // The second block has no gradient at all, others have elements without.
            for (int i = 0; i < count; i++) gradient.Data[i] = i / 256 == 1 || random.Next(5) == 0 ? 0 : MathF.Pow(10, -6 * random.NextSingle()) * (random.NextSingle() - 0.5f);
            AdamWStep update = new(0.01f, 0.9f, 0.95f, 1e-8f, 0.1f, (float)(1 - Math.Pow(0.9, step)), (float)(1 - Math.Pow(0.95, step)), 0.7f);
            AdamWUpdate8.Apply(pool, gradient.Data, count, update, weight.Data, (byte*)m.Data, mMaxima.Data, (byte*)v.Data, vMaxima.Data);
            for (int block = 0; block < blocks; block++)
            {
                int at = block * 256, have = Math.Min(256, count - at);
                AdamWUpdate8.Reference(new ReadOnlySpan<float>(gradient.Data + at, have), update, expectedWeight.AsSpan(at, have), mCodes.AsSpan(at, have), ref expectedM[block], vCodes.AsSpan(at, have), ref expectedV[block]);
                // Numbers of the maps are two units in the last place off, and so is what is made of them.
                Assert.Equal(expectedM[block], mMaxima.Data[block], 3e-7f * expectedM[block]);
                Assert.Equal(expectedV[block], vMaxima.Data[block], 3e-7f * expectedV[block]);
            }
            for (int i = 0; i < count; i++) Assert.Equal(expectedWeight[i], weight.Data[i], 1e-6f * Math.Max(0.01f, Math.Abs(expectedWeight[i])));
            AssertCodes(mCodes, new ReadOnlySpan<byte>(m.Data, count));
            AssertCodes(vCodes, new ReadOnlySpan<byte>(v.Data, count));
            // Both go on from the same place.
            new ReadOnlySpan<float>(weight.Data, count).CopyTo(expectedWeight);
            new ReadOnlySpan<float>(mMaxima.Data, blocks).CopyTo(expectedM);
            new ReadOnlySpan<float>(vMaxima.Data, blocks).CopyTo(expectedV);
            new ReadOnlySpan<byte>(m.Data, count).CopyTo(mCodes);
            new ReadOnlySpan<byte>(v.Data, count).CopyTo(vCodes);
        }
        Assert.Contains(mCodes, code => code > 140);
    }

    /// <summary>The same codes, but for neighbours where a number lies halfway between two.</summary>
    static void AssertCodes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> codes)
    {
        int other = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            Assert.InRange(codes[i] - expected[i], -1, 1);
            if (codes[i] != expected[i]) other++;
        }
        Assert.InRange(other, 0, 3 + codes.Length / 10_000);
    }

    [Fact]
    public void A_value_whose_gradient_stops_is_not_thrown_away_by_what_rounds_to_zero()
    {
        // One large gradient in the block makes the others' squares too small for the map; then all but the large one are zero.
        using WorkerPool pool = new(1);
        Values weights = new(4096);
        using AdamW optimizer = new(pool, [weights.Parameter], 8);
        for (int step = 1; step <= 20; step++)
        {
            weights.Parameter.Tensor.Gradients.Fill(step == 1 ? 1e-5f : 0);
            weights.Parameter.Tensor.Gradients[0] = 1;
            optimizer.Step(step, Options with { MaxGradientNorm = 0, WeightDecay = 0 });
        }
        Assert.All(weights.Parameter.Tensor.Values.ToArray(), w => Assert.InRange(w, -0.25f, 0));
        weights.Dispose();
    }

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    public void What_was_saved_goes_on_with_the_same_bits_whatever_the_threads(int bits)
    {
        using Values first = new(10_000), second = new(10_000), small = new(300), other = new(300);
        using WorkerPool one = new(1), three = new(3);
        using AdamW optimizer = new(one, [first.Parameter, small.Parameter], bits);
        Steps(optimizer, 1, 5);
        using AdamW resumed = new(three, [second.Parameter, other.Parameter], bits);
        first.Parameter.Tensor.Values.CopyTo(second.Parameter.Tensor.Values);
        small.Parameter.Tensor.Values.CopyTo(other.Parameter.Tensor.Values);
        Assert.Equal(optimizer.States.Select(s => (s.Name, s.Type, s.Length)), resumed.States.Select(s => (s.Name, s.Type, s.Length)));
        for (int i = 0; i < optimizer.States.Count; i++) optimizer.States[i].Bytes(0).CopyTo(resumed.States[i].Bytes(0));
        Steps(optimizer, 6, 10);
        Steps(resumed, 6, 10);
        Assert.Equal(first.Bits, second.Bits);
        Assert.Equal(small.Bits, other.Bits);
        Assert.Contains(optimizer.States, s => s.Bytes(0).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_run_in_8_bits_that_runs_blocks_again_goes_on_with_the_same_bits()
    {
        TrainingOptions options = SmallRun.Options with { MaxSteps = 8, SaveSteps = 4, OptimizerStateBits = 8, GradientCheckpointing = true };
        string folder = Directory.CreateTempSubdirectory("bonito-optimizer").FullName;
        try
        {
            float[] Train(string name, TrainingOptions with, int threads, int? stopAfter)
            {
                using SmallRun run = new(Path.Combine(folder, name), with, threads, config: SmallRun.Config with { HiddenSize = 64, IntermediateSize = 96 });
                run.Train(stopAfter);
                return run.Weights();
            }
            float[] whole = Train("whole", options, 1, null);
            Train("parts", options, 2, 4);
            Assert.Equal(whole, Train("parts", options, 2, null));
            Assert.Equal(whole, Train("kept", options with { GradientCheckpointing = false }, 1, null));
            Assert.NotEqual(whole, Train("precise", options with { OptimizerStateBits = 32 }, 1, null));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void States_of_8_bits_take_a_quarter_and_small_parameters_keep_32()
    {
        using WorkerPool pool = new(1);
        using Values large = new(1 << 20), small = new(4095);
        using AdamW optimizer = new(pool, [large.Parameter], 8), precise = new(pool, [large.Parameter]), tiny = new(pool, [small.Parameter], 8);
        long Bytes(AdamW a) => a.States.Sum(s => s.Length);
        Assert.InRange((double)Bytes(optimizer) / Bytes(precise), 0.25, 0.26);
        Assert.Equal(8 * 4095, Bytes(tiny));
        Assert.All(tiny.States, s => Assert.Equal(DType.F32, s.Type));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(pool, [large.Parameter], 16));
    }

    [Fact]
    public void Eight_bits_learn_what_32_learn()
    {
        double precise = Fit(32), coarse = Fit(8);
        Assert.InRange(precise, 0, 1e-3);
        Assert.InRange(coarse, 0, 1.5e-3);
    }

    /// <summary>Mean squared distance of 8,192 weights from a target, each seen with noise and on a scale of its own.</summary>
    static double Fit(int bits)
    {
        using WorkerPool pool = new(2);
        using Values weights = new(8192);
        using AdamW optimizer = new(pool, [weights.Parameter], bits);
        Random random = new(9);
        float[] target = [.. Enumerable.Range(0, 8192).Select(_ => random.NextSingle() - 0.5f)], size = [.. Enumerable.Range(0, 8192).Select(_ => MathF.Pow(10, -2 * random.NextSingle()))];
        Tensor w = weights.Parameter.Tensor;
        for (int step = 1; step <= 400; step++)
        {
            for (int i = 0; i < 8192; i++) w.Gradients[i] = size[i] * (w.Values[i] - target[i] + 0.1f * (random.NextSingle() - 0.5f));
            optimizer.Step(step, Options with { LearningRate = 2e-2f, Schedule = Schedule.Linear, MaxSteps = 400, WeightDecay = 0 });
        }
        return w.Values.ToArray().Zip(target, (a, b) => Math.Pow(a - b, 2)).Average();
    }

    static void Steps(AdamW optimizer, int from, int to)
    {
        for (int step = from; step <= to; step++)
        {
            Random random = new(step);
            foreach (Parameter p in optimizer.Parameters)
                foreach (ref float g in p.Tensor.Gradients) g = (random.NextSingle() - 0.5f) * (random.Next(4) == 0 ? 1 : 1e-3f);
            optimizer.Step(step, Options);
        }
    }

    /// <summary>A parameter with a gradient in memory of its own.</summary>
    sealed class Values : IDisposable
    {
        readonly NativeBuffer memory;

        public Values(int count)
        {
            memory = new NativeBuffer(2L * count);
            Parameter = new Parameter($"of_{count}", [1, count], new Tensor(memory.Data, memory.Data + count, 1, count));
        }

        public Parameter Parameter { get; }

        public uint[] Bits => MemoryMarshal.Cast<float, uint>(Parameter.Tensor.Values).ToArray();

        public void Dispose() => memory.Dispose();
    }
}
