using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Rotary position embedding (Su et al., 2021): in each head of width D, pair i of elements is turned by the angle
/// position / theta^(2i / D), or what <see cref="RopeScaling"/> makes of it. In Hugging Face's layout pair i is elements i and
/// i + D/2, in Meta's own, called interleaved, 2i and 2i + 1. Sines and cosines are computed where they are first needed, so
/// that a window of 131072 positions costs nothing until it is used.
/// </summary>
public sealed unsafe class RotaryEmbedding : IDisposable
{
    const int RowsPerPiece = 16;
    const int PagePositions = 256;

    readonly float[] frequencies;
    readonly double magnitude;
    readonly bool interleaved;
    // One buffer for each PagePositions positions: cosines, then sines, a row of tableWidth for each position.
    readonly NativeBuffer?[] pages;
    readonly int tableWidth;
    readonly Lock making = new();

    /// <param name="headWidth">D, even.</param>
    /// <param name="positions">The window.</param>
    /// <param name="theta">The base, <c>rope_theta</c>.</param>
    public RotaryEmbedding(int headWidth, int positions, double theta, RopeScaling? scaling = null, bool interleaved = false)
    {
        HeadWidth = headWidth;
        Positions = positions;
        this.interleaved = interleaved;
        frequencies = RopeScaling.Frequencies(scaling, headWidth, theta);
        magnitude = scaling?.Magnitude ?? 1;
        tableWidth = interleaved ? headWidth : headWidth / 2;
        pages = new NativeBuffer?[(positions + PagePositions - 1) / PagePositions];
    }

    public int HeadWidth { get; }

    public int Positions { get; }

    /// <summary>Turns each head of each row in place, forward or (for gradients) back.</summary>
    /// <param name="x">[rows, heads * D]</param>
    /// <param name="positions">[rows], each below <see cref="Positions"/>.</param>
    public void Rotate(WorkerPool pool, float* x, int* positions, int rows, int heads, bool back)
    {
        for (int row = 0; row < rows; row++) MakePage(positions[row] / PagePositions);
        pool.For((rows + RowsPerPiece - 1) / RowsPerPiece, new RotateJob(this, (nint)x, (nint)positions, rows, heads, back));
    }

    /// <summary>One head at one position, in double precision, without scaling, in Hugging Face's layout.</summary>
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
        foreach (NativeBuffer? page in pages) page?.Dispose();
    }

    // The model's tables may be used by several threads, each with its own operations.
    void MakePage(int page)
    {
        if (Volatile.Read(ref pages[page]) != null) return;
        lock (making)
        {
            if (pages[page] != null) return;
            NativeBuffer made = new(2L * PagePositions * tableWidth);
            for (int p = 0; p < PagePositions; p++)
                for (int i = 0; i < frequencies.Length; i++)
                {
                    // Frequencies and angles are rounded to float32 as in Hugging Face's implementation.
                    float angle = (page * PagePositions + p) * frequencies[i];
                    (double sine, double cosine) = Math.SinCos(angle);
                    Set(made.Data + (long)p * tableWidth, i, (float)(cosine * magnitude), (float)(cosine * magnitude));
                    Set(made.Data + (PagePositions + (long)p) * tableWidth, i, (float)(sine * magnitude), (float)(-sine * magnitude));
                }
            Volatile.Write(ref pages[page], made);
        }

        // Interleaved, each element has its own factor of its partner: -sine for the first of a pair, sine for the second.
        void Set(float* row, int pair, float value, float ofFirst)
        {
            if (!interleaved)
            {
                row[pair] = value;
                return;
            }
            row[2 * pair] = ofFirst;
            row[2 * pair + 1] = value;
        }
    }

    readonly struct RotateJob(RotaryEmbedding rotary, nint x, nint positions, int rows, int heads, bool back) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            Vector512<float> sign = Vector512.Create(back ? -1f : 1f);
            for (int row = index * RowsPerPiece; row < Math.Min(rows, (index + 1) * RowsPerPiece); row++)
            {
                int position = ((int*)positions)[row];
                float* cos = rotary.pages[position / PagePositions]!.Data + (long)(position % PagePositions) * rotary.tableWidth;
                float* sin = cos + (long)PagePositions * rotary.tableWidth;
                float* head = (float*)x + (long)row * heads * rotary.HeadWidth;
                for (int h = 0; h < heads; h++, head += rotary.HeadWidth)
                    if (rotary.interleaved) Neighbours(head, cos, sin, rotary.HeadWidth, sign);
                    else Halves(head, cos, sin, rotary.HeadWidth / 2, sign);
            }
        }

        static void Halves(float* head, float* cos, float* sin, int half, Vector512<float> sign)
        {
            for (int i = 0; i < half; i += Lanes)
            {
                int left = half - i;
                Vector512<float> c = Load(cos + i, left), s = Load(sin + i, left) * sign;
                Vector512<float> a = Load(head + i, left), b = Load(head + half + i, left);
                Store(a * c - b * s, head + i, left);
                Store(b * c + a * s, head + half + i, left);
            }
        }

        static void Neighbours(float* head, float* cos, float* sin, int width, Vector512<float> sign)
        {
            for (int i = 0; i < width; i += Lanes)
            {
                int left = width - i;
                Vector512<float> own = Load(head + i, left);
                Vector512<float> other = Vector512.Shuffle(own, Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
                Store(own * Load(cos + i, left) + other * (Load(sin + i, left) * sign), head + i, left);
            }
        }
    }
}
