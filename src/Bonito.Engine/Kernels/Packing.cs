using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Bonito.Engine.Kernels;

/// <summary>A float32 matrix as an operand: <c>(i, k)</c> is <c>Data[i * Stride + k]</c>, or <c>Data[k * Stride + i]</c> where transposed.</summary>
public readonly unsafe record struct Operand(nint Address, int Stride, bool Transposed)
{
    public Operand(float* data, int stride, bool transposed = false) : this((nint)data, stride, transposed) { }

    public float* Data => (float*)Address;

    /// <summary>The operand that starts at row <paramref name="i"/>, column <paramref name="k"/> of this one.</summary>
    public Operand At(long i, long k) => new((nint)(Transposed ? Data + k * Stride + i : Data + i * Stride + k), Stride, Transposed);
}

/// <summary>Copies blocks of matrices into the order in which <see cref="MicroKernel"/> reads them.</summary>
public static unsafe class Packing
{
    /// <summary>
    /// destination[k, i] = source(i, k) for i below <paramref name="rows"/> and k below <paramref name="depth"/>; the row of
    /// the destination is <paramref name="width"/> floats, those past <paramref name="rows"/> become zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(Operand source, int rows, int depth, float* destination, int width)
    {
        if (source.Transposed)
        {
            float* from = source.Data;
            for (int k = 0; k < depth; k++, from += source.Stride, destination += width)
            {
                int i = 0;
                for (; i + 16 <= rows; i += 16) Vector512.Load(from + i).Store(destination + i);
                if (i == 0 && rows >= 8)
                {
                    // Fourteen rows are the most frequent: two halves that overlap.
                    Vector256.Load(from).Store(destination);
                    Vector256.Load(from + rows - 8).Store(destination + rows - 8);
                    i = rows;
                }
                for (; i < rows; i++) destination[i] = from[i];
                for (; i < width; i++) destination[i] = 0;
            }
            return;
        }
        int first = 0;
        if (Avx.IsSupported)
            for (; first < rows && rows >= 8; first += 8)
            {
                // The last eight rows may overlap those before.
                first = Math.Min(first, rows - 8);
                Transpose8(source.Data + (long)first * source.Stride, source.Stride, depth, destination + first, width);
            }
        for (int i = first; i < rows; i++)
        {
            float* from = source.Data + (long)i * source.Stride;
            for (int k = 0; k < depth; k++) destination[(long)k * width + i] = from[k];
        }
        for (int i = rows; i < width; i++)
            for (int k = 0; k < depth; k++) destination[(long)k * width + i] = 0;
    }

    /// <summary>Eight rows to eight columns, 8 x 8 at a time in registers, where the processor has AVX.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Transpose8(float* source, nint stride, int depth, float* destination, nint width)
    {
        int k = 0;
        for (; k + 8 <= depth; k += 8)
        {
            float* s = source + k;
            Vector256<float> r0 = Vector256.Load(s), r1 = Vector256.Load(s + stride), r2 = Vector256.Load(s + 2 * stride), r3 = Vector256.Load(s + 3 * stride);
            Vector256<float> r4 = Vector256.Load(s + 4 * stride), r5 = Vector256.Load(s + 5 * stride), r6 = Vector256.Load(s + 6 * stride), r7 = Vector256.Load(s + 7 * stride);
            Vector256<float> t0 = Avx.UnpackLow(r0, r1), t1 = Avx.UnpackHigh(r0, r1), t2 = Avx.UnpackLow(r2, r3), t3 = Avx.UnpackHigh(r2, r3);
            Vector256<float> t4 = Avx.UnpackLow(r4, r5), t5 = Avx.UnpackHigh(r4, r5), t6 = Avx.UnpackLow(r6, r7), t7 = Avx.UnpackHigh(r6, r7);
            r0 = Avx.Shuffle(t0, t2, 0x44);
            r1 = Avx.Shuffle(t0, t2, 0xEE);
            r2 = Avx.Shuffle(t1, t3, 0x44);
            r3 = Avx.Shuffle(t1, t3, 0xEE);
            r4 = Avx.Shuffle(t4, t6, 0x44);
            r5 = Avx.Shuffle(t4, t6, 0xEE);
            r6 = Avx.Shuffle(t5, t7, 0x44);
            r7 = Avx.Shuffle(t5, t7, 0xEE);
            float* d = destination + k * width;
            Avx.Permute2x128(r0, r4, 0x20).Store(d);
            Avx.Permute2x128(r1, r5, 0x20).Store(d + width);
            Avx.Permute2x128(r2, r6, 0x20).Store(d + 2 * width);
            Avx.Permute2x128(r3, r7, 0x20).Store(d + 3 * width);
            Avx.Permute2x128(r0, r4, 0x31).Store(d + 4 * width);
            Avx.Permute2x128(r1, r5, 0x31).Store(d + 5 * width);
            Avx.Permute2x128(r2, r6, 0x31).Store(d + 6 * width);
            Avx.Permute2x128(r3, r7, 0x31).Store(d + 7 * width);
        }
        for (; k < depth; k++)
            for (int i = 0; i < 8; i++) destination[k * width + i] = source[i * stride + k];
    }

    /// <summary>As <see cref="Pack"/> for elements of 16 bits, rows one after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack16(ushort* source, int rows, int depth, ushort* destination, int width)
    {
        int first = 0;
        for (; first + 8 <= rows; first += 8) Transpose8(source + (long)first * depth, depth, destination + first, width);
        for (int i = first; i < width; i++)
            for (int k = 0; k < depth; k++) destination[(long)k * width + i] = i < rows ? source[(long)i * depth + k] : (ushort)0;
    }

    /// <summary>Eight rows of <paramref name="depth"/> elements to eight columns, 8 x 8 at a time in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Transpose8(ushort* source, int depth, ushort* destination, nint width)
    {
        nint stride = depth;
        int k = 0;
        if (Sse2.IsSupported)
            for (; k + 8 <= depth; k += 8)
            {
                ushort* s = source + k;
                Vector128<ushort> r0 = Vector128.Load(s), r1 = Vector128.Load(s + stride), r2 = Vector128.Load(s + 2 * stride), r3 = Vector128.Load(s + 3 * stride);
                Vector128<ushort> r4 = Vector128.Load(s + 4 * stride), r5 = Vector128.Load(s + 5 * stride), r6 = Vector128.Load(s + 6 * stride), r7 = Vector128.Load(s + 7 * stride);
                Vector128<uint> a0 = Sse2.UnpackLow(r0, r1).AsUInt32(), a1 = Sse2.UnpackHigh(r0, r1).AsUInt32(), a2 = Sse2.UnpackLow(r2, r3).AsUInt32(), a3 = Sse2.UnpackHigh(r2, r3).AsUInt32();
                Vector128<uint> a4 = Sse2.UnpackLow(r4, r5).AsUInt32(), a5 = Sse2.UnpackHigh(r4, r5).AsUInt32(), a6 = Sse2.UnpackLow(r6, r7).AsUInt32(), a7 = Sse2.UnpackHigh(r6, r7).AsUInt32();
                Vector128<ulong> b0 = Sse2.UnpackLow(a0, a2).AsUInt64(), b1 = Sse2.UnpackHigh(a0, a2).AsUInt64(), b2 = Sse2.UnpackLow(a1, a3).AsUInt64(), b3 = Sse2.UnpackHigh(a1, a3).AsUInt64();
                Vector128<ulong> b4 = Sse2.UnpackLow(a4, a6).AsUInt64(), b5 = Sse2.UnpackHigh(a4, a6).AsUInt64(), b6 = Sse2.UnpackLow(a5, a7).AsUInt64(), b7 = Sse2.UnpackHigh(a5, a7).AsUInt64();
                ushort* d = destination + k * width;
                Sse2.UnpackLow(b0, b4).AsUInt16().Store(d);
                Sse2.UnpackHigh(b0, b4).AsUInt16().Store(d + width);
                Sse2.UnpackLow(b1, b5).AsUInt16().Store(d + 2 * width);
                Sse2.UnpackHigh(b1, b5).AsUInt16().Store(d + 3 * width);
                Sse2.UnpackLow(b2, b6).AsUInt16().Store(d + 4 * width);
                Sse2.UnpackHigh(b2, b6).AsUInt16().Store(d + 5 * width);
                Sse2.UnpackLow(b3, b7).AsUInt16().Store(d + 6 * width);
                Sse2.UnpackHigh(b3, b7).AsUInt16().Store(d + 7 * width);
            }
        for (; k < depth; k++)
            for (int i = 0; i < 8; i++) destination[k * width + i] = source[i * stride + k];
    }
}
