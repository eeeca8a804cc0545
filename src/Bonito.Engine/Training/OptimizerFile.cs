using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>The states of the optimiser on disk: safetensors, <c>first.</c> and <c>second.</c> before the parameter's name.</summary>
static class OptimizerFile
{
    public static void Write(string path, AdamW optimizer)
    {
        List<TensorToWrite> moments = [];
        for (int i = 0; i < optimizer.Parameters.Count; i++)
        {
            Parameter p = optimizer.Parameters[i];
            long[] shape = [.. p.Shape.Select(n => (long)n)];
            int index = i;
            moments.Add(new TensorToWrite("first." + p.Name, shape, () => optimizer.First(index)));
            moments.Add(new TensorToWrite("second." + p.Name, shape, () => optimizer.Second(index)));
        }
        SafetensorsWriter.Write(path, moments, DType.F32);
    }

    /// <exception cref="EngineException">The file belongs to another model.</exception>
    public static void Read(string path, AdamW optimizer)
    {
        using SafetensorsFile moments = SafetensorsFile.Open(path);
        for (int i = 0; i < optimizer.Parameters.Count; i++)
        {
            moments.Read("first." + optimizer.Parameters[i].Name, optimizer.First(i));
            moments.Read("second." + optimizer.Parameters[i].Name, optimizer.Second(i));
        }
    }
}
