using System.Buffers.Binary;
using System.Text;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>A folder that goes with the test, and the ways in which these tests fill it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bonito-checkpoints-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] content)
    {
        // In place: creating a file costs some disks a millisecond, which thousands of mutated files cannot afford.
        using var stream = new FileStream(File(name), FileMode.OpenOrCreate, FileAccess.Write);
        stream.Write(content);
        stream.SetLength(content.Length);
        return File(name);
    }

    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    /// <summary>A file with the given header and as many data bytes (1, 2, 3, ...).</summary>
    public string WriteRaw(string header, int dataLength, string name = "model.safetensors") => Write(name, Raw(header, dataLength));

    /// <summary>A valid file whose tensors are vectors holding 0, 1, 2, ...</summary>
    public void WriteModel(string name, params (string Name, int Length)[] tensors) =>
        SafetensorsWriter.Write(File(name), [.. tensors.Select(t => new TensorToWrite(t.Name, [t.Length], () => Counting(t.Length)))], DType.F32);

    public static byte[] Raw(string header, int dataLength)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        for (int i = 0; i < dataLength; i++) file[8 + json.Length + i] = (byte)(i + 1);
        return file;
    }

    public static float[] Counting(int length) => [.. Enumerable.Range(0, length).Select(i => (float)i)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
