using System.Runtime.Intrinsics;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Rotary position embedding (Su et al., 2021) in Hugging Face's layout: in each head of width D, elements i and i + D/2 are
/// turned by the angle position / theta^(2i / D). (Meta's own layout pairs 2i with 2i + 1; checkpoints of the two differ.)
/// </summary>
public sealed unsafe class RotaryEmbedding : IDisposable
{
    const int RowsPerPiece = 16;

    readonly NativeBuffer cosine;
    readonly NativeBuffer sine;

    /// <param name="headWidth">D, even.</param>
    /// <param name="positions">How many positions the tables hold.</param>
    /// <param name="theta">The base, <c>rope_theta</c>.</param>
    public RotaryEmbedding(int headWidth, int positions, double theta)
    {
        HeadWidth = headWidth;
        Positions = positions;
        int half = headWidth / 2;
        cosine = new NativeBuffer((long)positions * half);
        sine = new NativeBuffer((long)positions * half);
        for (int i = 0; i < half; i++)
        {
            // Frequencies and angles are rounded to float32 as in Hugging Face's implementation.
            float frequency = (float)(1.0 / Math.Pow(theta, 2.0 * i / headWidth));
            for (int p = 0; p < positions; p++)
            {
                float angle = p * frequency;
                cosine.Data[(long)p * half + i] = (float)Math.Cos(angle);
                sine.Data[(long)p * half + i] = (float)Math.Sin(angle);
            }
        }
    }

    public int HeadWidth { get; }

    public int Positions { get; }

    /// <summary>Turns each head of each row in place, forward or (for gradients) back.</summary>
    /// <param name="x">[rows, heads * D]</param>
    /// <param name="positions">[rows], each below <see cref="Positions"/>.</param>
    public void Rotate(WorkerPool pool, float* x, int* positions, int rows, int heads, bool back) =>
        pool.For((rows + RowsPerPiece - 1) / RowsPerPiece, new RotateJob(this, (nint)x, (nint)positions, rows, heads, back));

    /// <summary>One head at one position, in double precision.</summary>
    public static void Reference(Span<float> head, int position, double theta)
    {
        int half = head.Length / 2;
        for (int i = 0; i < half; i++)
        {
            double angle = position / Math.Pow(theta, 2.0 * i / head.Length);
            double a = head[i], b = head[i + half];
            head[i] = (float)(a * Math.Cos(angle) - b * Math.Sin(angle));
            head[i + half] = (float)(b * Math.Cos(angle) + a * Math.Sin(angle));
        }
    }

    public void Dispose()
    {
        cosine.Dispose();
        sine.Dispose();
    }

    readonly struct RotateJob(RotaryEmbedding rotary, nint x, nint positions, int rows, int heads, bool back) : IParallelJob
    {
        public void Run(int index, int worker)
        {
            int half = rotary.HeadWidth / 2;
            Vector512<float> sign = Vector512.Create(back ? -1f : 1f);
            for (int row = index * RowsPerPiece; row < Math.Min(rows, (index + 1) * RowsPerPiece); row++)
            {
                float* cos = rotary.cosine.Data + (long)((int*)positions)[row] * half;
                float* sin = rotary.sine.Data + (long)((int*)positions)[row] * half;
                float* head = (float*)x + (long)row * heads * rotary.HeadWidth;
                for (int h = 0; h < heads; h++, head += rotary.HeadWidth)
                    for (int i = 0; i < half; i += Lanes)
                    {
                        int left = half - i;
                        Vector512<float> c = Load(cos + i, left), s = Load(sin + i, left) * sign;
                        Vector512<float> a = Load(head + i, left), b = Load(head + half + i, left);
                        Store(a * c - b * s, head + i, left);
                        Store(b * c + a * s, head + half + i, left);
                    }
            }
        }
    }
}
