using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Bonito.Engine.Tensors;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Bonito.Engine.Kernels;

/// <summary>
/// The inner loops of <see cref="TileKernel"/> as machine code for AVX-512 VNNI, which .NET does not expose: <c>vpdpbusd</c> multiplies 64
/// unsigned with 64 signed bytes and adds them in fours to 32-bit lanes, where the instructions before it need three or five steps.
/// Integers are exact and the floats take the same operations in the same order, so the bits are those of the reference.
/// </summary>
/// <remarks>
/// Registers: tile rdi, blocks esi, activations rdx, columns rcx, sums r8 (as the System V convention passes them); steps left of a super-block
/// r10, columns left rax, sums of the column r9. zmm0 to zmm7 the weights of a step, zmm8 a mask of nibbles, zmm16 to zmm21 scales, zmm24 to zmm27
/// the column's products.
/// </remarks>
static unsafe class VnniTileKernel
{
    const int PrefetchAhead = 2048;
    // CPUID leaf 7: AVX512_VNNI is bit 11 of ECX.
    const int FeatureLeaf = 7, VnniBit = 11;

    static readonly int ScaleOffset = (int)Marshal.OffsetOf<ActivationBlock>(nameof(ActivationBlock.Scale));
    static readonly int SumOffset = (int)Marshal.OffsetOf<ActivationBlock>(nameof(ActivationBlock.Sum));
    static readonly int FirstSumOffset = (int)Marshal.OffsetOf<ActivationBlock>(nameof(ActivationBlock.FirstSum));
    static readonly int LastSumOffset = (int)Marshal.OffsetOf<ActivationBlock>(nameof(ActivationBlock.LastSum));
    static readonly int Offset8Offset = (int)Marshal.OffsetOf<ActivationBlock>(nameof(ActivationBlock.Offset8));
    static readonly int Offset128Offset = (int)Marshal.OffsetOf<ActivationBlock>(nameof(ActivationBlock.Offset128));

    /// <summary>The code by format, from Q8_0 on; null where the system gives no executable memory.</summary>
    static readonly delegate* unmanaged<byte*, int, ActivationBlock*, int, float*, void>[] Code =
        [Place(DType.Q8_0), Place(DType.Q4_0), Place(DType.Q4_K), Place(DType.Q5_K), Place(DType.Q6_K)];

    /// <summary>Whether the processor has the instructions and the system is one whose calling convention the code follows.</summary>
    public static bool IsSupported { get; } =
        Avx512BW.IsSupported && OperatingSystem.IsLinux() && X86Base.X64.IsSupported && (X86Base.CpuId(FeatureLeaf, 0).Ecx >> VnniBit & 1) == 1;

    /// <summary>As <see cref="TileKernel.Run"/>.</summary>
    /// <returns>False when there is no code, and nothing was done.</returns>
    public static bool TryRun(DType type, byte* tile, int blocks, ActivationBlock* activations, int columns, float* acc)
    {
        delegate* unmanaged<byte*, int, ActivationBlock*, int, float*, void> code = Code[type - DType.Q8_0];
        if (code is null) return false;
        code(tile, blocks, activations, columns, acc);
        return true;
    }

    static delegate* unmanaged<byte*, int, ActivationBlock*, int, float*, void> Place(DType type)
    {
        using var stream = new MemoryStream();
        Assemble(type).Assemble(new StreamCodeWriter(stream), 0);
        return (delegate* unmanaged<byte*, int, ActivationBlock*, int, float*, void>)ExecutableMemory.Place(stream.ToArray());
    }

    static Assembler Assemble(DType type)
    {
        var c = new Assembler(64);
        bool super = type >= DType.Q4_K, nibbles = type is DType.Q4_0 or DType.Q4_K;
        int stepBytes = 2 * TilePacking.Rows + TilePacking.Rows * TilePacking.Step / (nibbles ? 2 : 1);
        Label end = c.CreateLabel(), block = c.CreateLabel(), step = c.CreateLabel();

        c.test(esi, esi);
        c.jle(end);
        c.movsxd(rcx, ecx);
        if (nibbles)
        {
            c.mov(eax, 0x0F0F_0F0F);
            c.vpbroadcastd(zmm8, eax);
        }
        if (type == DType.Q6_K)
        {
            c.mov(eax, BitConverter.SingleToInt32Bits(-32));
            c.vpbroadcastd(zmm9, eax);
        }
        c.Label(ref block);
        if (super)
        {
            c.vcvtph2ps(zmm20, __[rdi]);
            if (type != DType.Q6_K) c.vcvtph2ps(zmm21, __[rdi + 2 * TilePacking.Rows]);
            c.add(rdi, type == DType.Q6_K ? 2 * TilePacking.Rows : 4 * TilePacking.Rows);
            c.mov(r10d, TilePacking.StepsPerBlock(type));
            c.Label(ref step);
        }
        Scales(c, type);
        for (int line = 0; line < stepBytes; line += 64) c.prefetcht0(__[rdi + PrefetchAhead + line]);
        Weights(c, nibbles);
        Columns(c, type);
        c.add(rdi, stepBytes);
        if (super)
        {
            c.dec(r10d);
            c.jnz(step);
        }
        c.dec(esi);
        c.jnz(block);
        c.Label(ref end);
        c.vzeroupper();
        c.ret();
        return c;
    }

    /// <summary>zmm16 the scale of each row, zmm17 its minimum; Q6_K: zmm16 and zmm17 the scales of the halves, zmm18 and zmm19 those times -32.</summary>
    static void Scales(Assembler c, DType type)
    {
        if (type is DType.Q8_0 or DType.Q4_0)
        {
            c.vcvtph2ps(zmm16, __[rdi]);
            return;
        }
        c.vpmovsxbd(zmm16, __[rdi]);
        c.vpmovsxbd(zmm17, __[rdi + TilePacking.Rows]);
        c.vcvtdq2ps(zmm16, zmm16);
        c.vcvtdq2ps(zmm17, zmm17);
        c.vmulps(zmm16, zmm20, zmm16);
        c.vmulps(zmm17, type == DType.Q6_K ? zmm20 : zmm21, zmm17);
        if (type != DType.Q6_K) return;
        c.vmulps(zmm18, zmm16, zmm9);
        c.vmulps(zmm19, zmm17, zmm9);
    }

    static void Weights(Assembler c, bool nibbles)
    {
        for (int q = 0; q < (nibbles ? 4 : 8); q++)
        {
            c.vmovdqu32(Weight(q), __[rdi + 2 * TilePacking.Rows + q * 64]);
            if (!nibbles) continue;
            c.vpsrlw(Weight(q + 4), Weight(q), 4);
            c.vpandd(Weight(q + 4), Weight(q + 4), zmm8);
            c.vpandd(Weight(q), Weight(q), zmm8);
        }
    }

    static AssemblerRegisterZMM Weight(int quad) => new(Register.ZMM0 + quad);

    /// <summary>The step's products with every column: two chains of four products, as their latency is longer than the loop.</summary>
    static void Columns(Assembler c, DType type)
    {
        Label column = c.CreateLabel();
        c.mov(r9, r8);
        c.mov(rax, rcx);
        c.Label(ref column);
        if (type is DType.Q8_0 or DType.Q4_0) c.vpbroadcastd(zmm24, __dword_ptr[rdx + (type == DType.Q8_0 ? Offset128Offset : Offset8Offset)]);
        else c.vpxord(zmm24, zmm24, zmm24);
        c.vpxord(zmm25, zmm25, zmm25);
        for (int q = 0; q < 4; q++)
        {
            c.vpdpbusd(zmm24, Weight(q), __dword_bcst[rdx + 4 * q]);
            c.vpdpbusd(zmm25, Weight(q + 4), __dword_bcst[rdx + 4 * (q + 4)]);
        }
        c.vmulps(zmm26, zmm16, __dword_bcst[rdx + ScaleOffset]);
        if (type == DType.Q6_K)
        {
            c.vmulps(zmm27, zmm17, __dword_bcst[rdx + ScaleOffset]);
            c.vcvtdq2ps(zmm24, zmm24);
            c.vcvtdq2ps(zmm25, zmm25);
            c.vfmadd213ps(zmm24, zmm26, __[r9]);
            c.vfmadd231ps(zmm24, zmm18, __dword_bcst[rdx + FirstSumOffset]);
            c.vfmadd231ps(zmm24, zmm25, zmm27);
            c.vfmadd231ps(zmm24, zmm19, __dword_bcst[rdx + LastSumOffset]);
        }
        else
        {
            c.vpaddd(zmm24, zmm24, zmm25);
            c.vcvtdq2ps(zmm24, zmm24);
            c.vfmadd213ps(zmm24, zmm26, __[r9]);
            if (type >= DType.Q4_K) c.vfnmadd231ps(zmm24, zmm17, __dword_bcst[rdx + SumOffset]);
        }
        c.vmovups(__[r9], zmm24);
        c.add(rdx, sizeof(ActivationBlock));
        c.add(r9, TilePacking.Rows * sizeof(float));
        c.dec(rax);
        c.jnz(column);
    }
}
