using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>
/// The inner loops of <see cref="QuantizedGemm"/> for one vector width: acc[c, r] += sum over steps of a tile's row r times
/// column c of activations. Products within a step are exact integers; a step is added to the sum by fused multiply-adds in ascending
/// order, first its products, then its minimum. So every width, every number of columns and the reference give the same bits.
/// </summary>
public sealed unsafe partial class TileKernel
{
    /// <summary>16 rows at once, four products of bytes in one instruction; machine code written at run time.</summary>
    public static readonly TileKernel Vnni = new("AVX-512 VNNI", &VnniQ8_0, &VnniQ4_0, &VnniQ4_K, &VnniQ5_K, &VnniQ6_K);

    /// <summary>16 rows at once.</summary>
    public static readonly TileKernel Wide512 = new("AVX-512", &Vector512Q8_0, &Vector512Q4_0, &Vector512Q4_K, &Vector512Q5_K, &Vector512Q6_K);

    /// <summary>8 rows at once.</summary>
    public static readonly TileKernel Wide256 = new("AVX2", &Vector256Q8_0, &Vector256Q4_0, &Vector256Q4_K, &Vector256Q5_K, &Vector256Q6_K);

    /// <summary>One row at once: the reference, and the path of processors without AVX2.</summary>
    public static readonly TileKernel Scalar = new("scalar", &ScalarQ8_0, &ScalarQ4_0, &ScalarQ4_K, &ScalarQ5_K, &ScalarQ6_K);

    /// <summary>The widest that this processor runs.</summary>
    public static readonly TileKernel Best = VnniTileKernel.IsSupported ? Vnni : Avx512BW.IsSupported ? Wide512 : Avx2.IsSupported && Fma.IsSupported ? Wide256 : Scalar;

    readonly delegate*<byte*, int, ActivationBlock*, int, float*, void>[] kernels;

    TileKernel(string name, params delegate*<byte*, int, ActivationBlock*, int, float*, void>[] kernels)
    {
        Name = name;
        this.kernels = kernels;
    }

    public string Name { get; }

    /// <param name="type">A quantised format.</param>
    /// <param name="tile">As <see cref="TilePacking"/> leaves it.</param>
    /// <param name="blocks">Blocks of the format along the rows.</param>
    /// <param name="activations">[steps, columns]</param>
    /// <param name="acc">[columns, 16]: the sums so far.</param>
    public void Run(DType type, byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc) =>
        kernels[type - DType.Q8_0](tile, blocks, activations, columns, acc);

    public override string ToString() => Name;

    static void VnniQ8_0(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc)
    {
        if (!VnniTileKernel.TryRun(DType.Q8_0, tile, blocks, activations, columns, acc)) Vector512Q8_0(tile, blocks, activations, columns, acc);
    }

    static void VnniQ4_0(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc)
    {
        if (!VnniTileKernel.TryRun(DType.Q4_0, tile, blocks, activations, columns, acc)) Vector512Q4_0(tile, blocks, activations, columns, acc);
    }

    static void VnniQ4_K(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc)
    {
        if (!VnniTileKernel.TryRun(DType.Q4_K, tile, blocks, activations, columns, acc)) Vector512Q4_K(tile, blocks, activations, columns, acc);
    }

    static void VnniQ5_K(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc)
    {
        if (!VnniTileKernel.TryRun(DType.Q5_K, tile, blocks, activations, columns, acc)) Vector512Q5_K(tile, blocks, activations, columns, acc);
    }

    static void VnniQ6_K(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc)
    {
        if (!VnniTileKernel.TryRun(DType.Q6_K, tile, blocks, activations, columns, acc)) Vector512Q6_K(tile, blocks, activations, columns, acc);
    }

    static void ScalarQ8_0(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc) => RunScalar(DType.Q8_0, tile, blocks, activations, columns, acc);

    static void ScalarQ4_0(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc) => RunScalar(DType.Q4_0, tile, blocks, activations, columns, acc);

    static void ScalarQ4_K(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc) => RunScalar(DType.Q4_K, tile, blocks, activations, columns, acc);

    static void ScalarQ5_K(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc) => RunScalar(DType.Q5_K, tile, blocks, activations, columns, acc);

    static void ScalarQ6_K(byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc) => RunScalar(DType.Q6_K, tile, blocks, activations, columns, acc);

    static void RunScalar(DType type, byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc)
    {
        bool nibbles = type is DType.Q4_0 or DType.Q4_K, super = type >= DType.Q4_K;
        int header = !super ? 0 : type == DType.Q6_K ? 2 * TilePacking.Rows : 4 * TilePacking.Rows;
        int offset = type switch { DType.Q8_0 => 128, DType.Q4_0 => 8, _ => 0 };
        int* weights = stackalloc int[TilePacking.Step];
        for (int b = 0; b < blocks; b++)
        {
            byte* superBlock = tile;
            tile += header;
            for (int s = 0; s < TilePacking.StepsPerBlock(type); s++, activations += columns)
            {
                byte* codes = tile + 2 * TilePacking.Rows;
                for (int r = 0; r < TilePacking.Rows; r++)
                {
                    for (int k = 0; k < TilePacking.Step; k++)
                    {
                        int quad = k / 4, place = r * 4 + k % 4;
                        int code = !nibbles ? codes[quad * 64 + place] : quad < 4 ? codes[quad * 64 + place] & 15 : codes[(quad - 4) * 64 + place] >> 4;
                        weights[k] = code - offset;
                    }
                    float d = Half(super ? superBlock : tile, r);
                    if (type == DType.Q6_K)
                    {
                        float first = d * ((sbyte*)tile)[r], last = d * ((sbyte*)tile)[TilePacking.Rows + r];
                        for (int c = 0; c < columns; c++)
                        {
                            ActivationBlock* x = activations + c;
                            float* y = acc + c * TilePacking.Rows + r;
                            *y = MathF.FusedMultiplyAdd(Dot(weights, x->Codes, 16), first * x->Scale, *y);
                            *y = MathF.FusedMultiplyAdd(first * -32f, x->FirstSum, *y);
                            *y = MathF.FusedMultiplyAdd(Dot(weights + 16, x->Codes + 16, 16), last * x->Scale, *y);
                            *y = MathF.FusedMultiplyAdd(last * -32f, x->LastSum, *y);
                        }
                        continue;
                    }
                    float scale = super ? d * ((sbyte*)tile)[r] : d;
                    float min = super ? Half(superBlock + 2 * TilePacking.Rows, r) * ((sbyte*)tile)[TilePacking.Rows + r] : 0;
                    for (int c = 0; c < columns; c++)
                    {
                        ActivationBlock* x = activations + c;
                        float* y = acc + c * TilePacking.Rows + r;
                        *y = MathF.FusedMultiplyAdd(Dot(weights, x->Codes, TilePacking.Step), scale * x->Scale, *y);
                        if (super) *y = MathF.FusedMultiplyAdd(-min, x->Sum, *y);
                    }
                }
                tile = codes + TilePacking.Rows * TilePacking.Step / (nibbles ? 2 : 1);
            }
        }
    }

    static int Dot(int* weights, sbyte* codes, int count)
    {
        int sum = 0;
        for (int k = 0; k < count; k++) sum += weights[k] * codes[k];
        return sum;
    }

    static float Half(byte* halves, int index) => Checkpoints.FloatConversion.F16ToF32(((ushort*)halves)[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Vector512Bytes(sbyte* bytes) => Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(bytes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Vector256Bytes(sbyte* bytes) => Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(bytes));
}
