using System.Runtime.InteropServices;
using Bonito.Parquet.Encodings;

namespace Bonito.Parquet.Writing;

/// <summary>
/// Values that are places in a dictionary as long as that pays: until the dictionary is too large, or if it does not make the
/// first page of a chunk smaller. From then on they are plain.
/// </summary>
abstract class DictionaryValues<T> : ColumnValues where T : notnull
{
    const int LargestDictionary = 1 << 20;

    readonly Dictionary<T, int> placeOf = [];
    readonly ByteBuffer dictionary = new();
    readonly List<int> ends = [];
    readonly List<int> places = [];
    readonly ByteBuffer plain = new();
    long placeBytes;
    bool isPlain, isFirstPage = true;

    public override long PlainBytes => placeBytes + plain.Length;

    public override ReadOnlySpan<byte> Dictionary => dictionary.Written;

    public override int DictionaryCount => ends.Count;

    public override bool Add(object value)
    {
        if (!TryTake(value, out T taken)) return false;
        if (isPlain)
        {
            Put(taken, plain);
            return true;
        }
        ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(placeOf, taken, out bool known);
        if (!known)
        {
            place = ends.Count;
            Put(taken, dictionary);
            ends.Add(dictionary.Length);
        }
        places.Add(place);
        placeBytes += Entry(place).Length;
        if (dictionary.Length > LargestDictionary) MakePlain();
        return true;
    }

    public override bool EndPage(ByteBuffer into)
    {
        // Some readers do not take places of no bits, which a dictionary of one entry could have.
        int width = Math.Max(1, BitPacking.Width(ends.Count - 1));
        if (isFirstPage && !isPlain && dictionary.Length + BitPacking.Bytes(places.Count, width) >= placeBytes) MakePlain();
        isFirstPage = false;
        if (isPlain)
        {
            into.Append(plain.Written);
            plain.Clear();
            return false;
        }
        into.Byte((byte)width);
        RunWriter.Write(CollectionsMarshal.AsSpan(places), width, into);
        places.Clear();
        placeBytes = 0;
        return true;
    }

    public override void Reset()
    {
        placeOf.Clear();
        dictionary.Clear();
        ends.Clear();
        (isPlain, isFirstPage) = (false, true);
    }

    /// <returns>False if the value is not of the column's type.</returns>
    protected abstract bool TryTake(object value, out T taken);

    /// <summary>Appends a value in the plain encoding, and widens the bounds to it.</summary>
    protected abstract void Put(T value, ByteBuffer into);

    ReadOnlySpan<byte> Entry(int place)
    {
        int start = place == 0 ? 0 : ends[place - 1];
        return dictionary.Written[start..ends[place]];
    }

    // Pages that were ended before keep the dictionary.
    void MakePlain()
    {
        foreach (int place in places) plain.Append(Entry(place));
        places.Clear();
        placeBytes = 0;
        placeOf.Clear();
        isPlain = true;
    }
}
