using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>
/// The step of <see cref="AdamWUpdate"/> with moments in 8 bits (Dettmers et al., "8-bit Optimizers via Block-wise Quantization", 2022): a
/// moment is map[code] * maximum of its block of <see cref="Block"/>, by the signed <see cref="DynamicMap"/> for the first, the unsigned for
/// the second. The step takes the moments before they are rounded again. A second moment above zero is never rounded to zero: a later
/// step would divide by epsilon alone.
/// </summary>
public static unsafe class AdamWUpdate8
{
    /// <summary>Values of one maximum.</summary>
    public const int Block = 256;

    const int BlocksPerPiece = 64;

    /// <param name="count">Of values; the codes have room for whole blocks.</param>
    /// <param name="m">Codes of the first moments.</param>
    /// <param name="mMaxima">Their maxima, one a block; v and vMaxima likewise for the second moments. All zero before the first step.</param>
    public static void Apply(WorkerPool pool, float* gradient, long count, AdamWStep step, float* weight, byte* m, float* mMaxima, byte* v, float* vMaxima) =>
        pool.For((int)((count + Block * BlocksPerPiece - 1) / (Block * BlocksPerPiece)), new UpdateJob((nint)gradient, count, step, (nint)weight, (nint)m, (nint)mMaxima, (nint)v, (nint)vMaxima));

    /// <summary>Scalar reference of one block, by the numbers of the maps, which the loop above finds within two units in the last place.</summary>
    public static void Reference(ReadOnlySpan<float> gradient, AdamWStep step, Span<float> weight, Span<byte> m, ref float mMaximum, Span<byte> v, ref float vMaximum)
    {
        float rate = step.LearningRate / step.Correction1, keep = 1 - step.LearningRate * step.WeightDecay, root = 1 / MathF.Sqrt(step.Correction2);
        float[] first = new float[gradient.Length], second = new float[gradient.Length];
        for (int i = 0; i < gradient.Length; i++)
        {
            float g = gradient[i] * step.GradientScale;
            first[i] = DynamicMap.Signed.Values[m[i]] * mMaximum * step.Beta1 + g * (1 - step.Beta1);
            second[i] = DynamicMap.Unsigned.Values[v[i]] * vMaximum * step.Beta2 + g * g * (1 - step.Beta2);
            weight[i] = weight[i] * keep - rate * first[i] / (MathF.Sqrt(second[i]) * root + step.Epsilon);
        }
        mMaximum = first.Max(MathF.Abs);
        vMaximum = second.Max();
        for (int i = 0; i < gradient.Length; i++)
        {
            m[i] = DynamicMap.Signed.Nearest(first[i] * Inverse(mMaximum));
            v[i] = DynamicMap.Unsigned.Nearest(second[i] * Inverse(vMaximum));
            if (second[i] > 0) v[i] = Math.Max(v[i], (byte)1);
        }
    }

    // Zero for a block that rounds to nothing.
    static float Inverse(float maximum) => float.IsFinite(1 / maximum) ? 1 / maximum : 0;

    readonly struct UpdateJob(nint gradient, long count, AdamWStep step, nint weight, nint m, nint mMaxima, nint v, nint vMaxima) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            // The moments of a block between being read and written, and room for a last block that is not full.
            float* first = stackalloc float[Block], second = stackalloc float[Block], g = stackalloc float[Block], w = stackalloc float[Block];
            long end = Math.Min((count + Block - 1) / Block, (index + 1L) * BlocksPerPiece);
            for (long block = (long)index * BlocksPerPiece; block < end; block++)
            {
                long at = block * Block;
                int have = (int)Math.Min(Block, count - at);
                if (have == Block)
                {
                    Update((float*)gradient + at, (float*)weight + at, block, first, second);
                    continue;
                }
                new Span<float>(g, Block).Clear();
                new Span<float>(w, Block).Clear();
                new Span<float>((float*)gradient + at, have).CopyTo(new Span<float>(g, have));
                new Span<float>((float*)weight + at, have).CopyTo(new Span<float>(w, have));
                Update(g, w, block, first, second);
                new Span<float>(w, have).CopyTo(new Span<float>((float*)weight + at, have));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Update(float* g, float* w, long block, float* first, float* second)
        {
            DynamicMap signed = DynamicMap.Signed, unsigned = DynamicMap.Unsigned;
            byte* mCodes = (byte*)m + block * Block, vCodes = (byte*)v + block * Block;
            Vector512<float> rate = Vector512.Create(step.LearningRate / step.Correction1), epsilon = Vector512.Create(step.Epsilon);
            Vector512<float> largestFirst = Vector512<float>.Zero, largestSecond = Vector512<float>.Zero;
            float keep = 1 - step.LearningRate * step.WeightDecay, root = 1 / MathF.Sqrt(step.Correction2);
            float mMaximum = ((float*)mMaxima)[block], vMaximum = ((float*)vMaxima)[block];
            for (int i = 0; i < Block; i += Lanes)
            {
                Vector512<float> x = Vector512.Load(g + i) * step.GradientScale;
                Vector512<float> a = signed.Decode(mCodes + i) * mMaximum * step.Beta1 + x * (1 - step.Beta1);
                Vector512<float> b = unsigned.Decode(vCodes + i) * vMaximum * step.Beta2 + x * x * (1 - step.Beta2);
                a.Store(first + i);
                b.Store(second + i);
                largestFirst = Vector512.MaxNative(largestFirst, Vector512.Abs(a));
                largestSecond = Vector512.MaxNative(largestSecond, b);
                (Vector512.Load(w + i) * keep - rate * a / (Vector512.Sqrt(b) * root + epsilon)).Store(w + i);
            }
            mMaximum = Largest(largestFirst);
            vMaximum = Largest(largestSecond);
            ((float*)mMaxima)[block] = mMaximum;
            ((float*)vMaxima)[block] = vMaximum;
            float mInverse = Inverse(mMaximum), vInverse = Inverse(vMaximum);
            for (int i = 0; i < Block; i += Lanes)
            {
                signed.Encode(Vector512.Load(first + i) * mInverse, Vector512<int>.Zero, mCodes + i);
                Vector512<float> b = Vector512.Load(second + i);
                unsigned.Encode(b * vInverse, -Vector512.GreaterThan(b, Vector512<float>.Zero).AsInt32(), vCodes + i);
            }
        }

        static float Largest(Vector512<float> x)
        {
            Vector256<float> eight = Vector256.MaxNative(x.GetLower(), x.GetUpper());
            Vector128<float> four = Vector128.MaxNative(eight.GetLower(), eight.GetUpper());
            return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
        }
    }
}
