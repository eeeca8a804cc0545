using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bonito.Parquet.Codecs;

/// <summary>What Snappy and LZ4 share: copying bytes that were written before, which may overlap what is being written.</summary>
static class Matches
{
    /// <param name="target">Being written.</param>
    /// <param name="at">Where to write.</param>
    /// <param name="offset">How far back to read: 1 to <paramref name="at"/>.</param>
    /// <param name="length">No more than the target has left.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(Span<byte> target, int at, int offset, int length)
    {
        // In steps that cannot read what they have not yet written; the bytes too many are overwritten later.
        if (offset >= 16 && target.Length - at >= length + 16)
        {
            ref byte to = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), at);
            ref byte from = ref Unsafe.Subtract(ref to, offset);
            for (int i = 0; i < length; i += 16)
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), Unsafe.ReadUnaligned<Vector128<byte>>(ref Unsafe.Add(ref from, i)));
            return;
        }
        if (offset >= 8 && target.Length - at >= length + 8)
        {
            ref byte to = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), at);
            ref byte from = ref Unsafe.Subtract(ref to, offset);
            for (int i = 0; i < length; i += 8)
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, i)));
            return;
        }
        if (offset >= length)
        {
            target.Slice(at - offset, length).CopyTo(target[at..]);
            return;
        }
        for (int i = 0; i < length; i++) target[at + i] = target[at + i - offset];
    }
}
