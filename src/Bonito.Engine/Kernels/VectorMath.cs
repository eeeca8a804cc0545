using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Sixteen-lane helpers. All reductions of the engine run in sixteen lanes, or several times sixteen, whatever the processor has:
/// where it lacks AVX-512 the runtime splits a vector in two, with the same bits. Loops take whole vectors first and the rest apart: a
/// branch to a call in the loop itself would keep its sums in memory.
/// </summary>
static unsafe class VectorMath
{
    public const int Lanes = 16;

    /// <summary>
    /// e^x with a relative error below 2e-7: Cody-Waite reduction and the degree-6 polynomial of Cephes' expf. Zero below -87.3
    /// (no subnormals), e^88.37 = 2.4e38 above 88.37 (never infinite); NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // The processor's own minimum, maximum and conversion: the portable ones spend more instructions on NaN than the rest of
        // this. With x as their second operand they hand a NaN on.
        Vector512<float> clamped = Vector512.MinNative(Vector512.Create(88.37626f), Vector512.MaxNative(Vector512.Create(-87.33654f), x));
        Vector512<float> n = Vector512.Floor(Vector512.FusedMultiplyAdd(clamped, Vector512.Create(1.44269504f), Vector512.Create(0.5f)));
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = Polynomial(r);
        Vector512<float> power = ((Vector512.ConvertToInt32Native(n) + Vector512.Create(127)) << 23).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-87.33654f)), Vector512<float>.Zero, p * power);
    }

    // e^r for r within half a logarithm of 2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Polynomial(Vector512<float> r)
    {
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        return Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;
    }

    /// <summary>
    /// e^x for x of at most 0, where scores become weights: as <see cref="Exp"/>, in fewer steps. n is rounded by adding 1.5 * 2^23,
    /// whose last bits then hold it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ExpNonPositive(Vector512<float> x)
    {
        Vector512<float> lowest = Vector512.Create(-87.33654f), magic = Vector512.Create(12582912f);
        Vector512<float> rounded = Vector512.FusedMultiplyAdd(Vector512.MaxNative(x, lowest), Vector512.Create(1.44269504f), magic);
        Vector512<float> n = rounded - magic;
        // From x itself: NaN stays NaN.
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = Polynomial(r);
        Vector512<float> power = ((rounded.AsInt32() + Vector512.Create(127)) << 23).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, lowest), Vector512<float>.Zero, p * power);
    }

    /// <summary>Up to sixteen floats, the rest <paramref name="fill"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source, int count, float fill = 0) =>
        count >= Lanes ? Vector512.Load(source) : LoadPart(source, count, fill);

    /// <summary>Writes the first <paramref name="count"/> lanes (all, where there are more).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* destination, int count)
    {
        if (count >= Lanes) value.Store(destination);
        else StorePart(value, destination, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<float> LoadPart(float* source, int count, float fill)
    {
        float* padded = stackalloc float[Lanes];
        for (int i = 0; i < Lanes; i++) padded[i] = i < count ? source[i] : fill;
        return Vector512.Load(padded);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StorePart(Vector512<float> value, float* destination, int count)
    {
        float* whole = stackalloc float[Lanes];
        value.Store(whole);
        for (int i = 0; i < count; i++) destination[i] = whole[i];
    }

    /// <summary>Sum of x[i] * y[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(float* x, float* y, int count)
    {
        // Four sums at a time: one would wait for each of its additions.
        Vector512<float> a = Vector512<float>.Zero, b = a, c = a, d = a;
        int i = 0;
        for (; i <= count - 4 * Lanes; i += 4 * Lanes)
        {
            a = Vector512.FusedMultiplyAdd(Vector512.Load(x + i), Vector512.Load(y + i), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Load(x + i + Lanes), Vector512.Load(y + i + Lanes), b);
            c = Vector512.FusedMultiplyAdd(Vector512.Load(x + i + 2 * Lanes), Vector512.Load(y + i + 2 * Lanes), c);
            d = Vector512.FusedMultiplyAdd(Vector512.Load(x + i + 3 * Lanes), Vector512.Load(y + i + 3 * Lanes), d);
        }
        for (; i < count; i += Lanes) a = Vector512.FusedMultiplyAdd(Load(x + i, count - i), Load(y + i, count - i), a);
        return Vector512.Sum(a + b + (c + d));
    }

    /// <summary>The largest of some numbers; NaN where one is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(float* x, int count)
    {
        Vector512<float> a = Vector512.Create(float.NegativeInfinity), b = a;
        int i = 0;
        for (; i <= count - 2 * Lanes; i += 2 * Lanes)
        {
            a = Vector512.Max(a, Vector512.Load(x + i));
            b = Vector512.Max(b, Vector512.Load(x + i + Lanes));
        }
        for (; i < count; i += Lanes) a = Vector512.Max(a, Load(x + i, count - i, float.NegativeInfinity));
        a = Vector512.Max(a, b);
        float best = a.GetElement(0);
        for (int lane = 1; lane < Lanes; lane++) best = MathF.Max(best, a.GetElement(lane));
        return best;
    }

    /// <summary>x[i] = e^(x[i] * scale - shift) in place; returns the sum.</summary>
    /// <param name="shift">No less than x[i] * scale but for rounding.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float ExpSum(float* x, int count, float scale, float shift)
    {
        Vector512<float> a = Vector512<float>.Zero, b = a, factor = Vector512.Create(scale), down = Vector512.Create(-shift);
        int i = 0;
        for (; i <= count - 2 * Lanes; i += 2 * Lanes)
        {
            Vector512<float> first = ExpNonPositive(Vector512.FusedMultiplyAdd(Vector512.Load(x + i), factor, down));
            Vector512<float> second = ExpNonPositive(Vector512.FusedMultiplyAdd(Vector512.Load(x + i + Lanes), factor, down));
            first.Store(x + i);
            second.Store(x + i + Lanes);
            a += first;
            b += second;
        }
        for (; i < count; i += Lanes)
        {
            // Lanes past the end are -infinity: their exponential is zero.
            Vector512<float> e = ExpNonPositive(Vector512.FusedMultiplyAdd(Load(x + i, count - i, float.NegativeInfinity), factor, down));
            Store(e, x + i, count - i);
            a += e;
        }
        return Vector512.Sum(a + b);
    }

    /// <summary>x[i] *= factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* x, int count, float factor)
    {
        int i = 0;
        for (; i <= count - Lanes; i += Lanes) (Vector512.Load(x + i) * factor).Store(x + i);
        if (i < count) StorePart(LoadPart(x + i, count - i, 0) * factor, x + i, count - i);
    }

    /// <summary>y[i] += x[i] * factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(float* x, float factor, int count, float* y)
    {
        for (int i = 0; i < count; i += Lanes)
            Store(Vector512.FusedMultiplyAdd(Load(x + i, count - i), Vector512.Create(factor), Load(y + i, count - i)), y + i, count - i);
    }
}
