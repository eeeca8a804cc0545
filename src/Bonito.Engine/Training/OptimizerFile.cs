using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Training;

/// <summary>The states of the optimiser on disk: safetensors, <c>first.</c> and <c>second.</c> before the parameter's name.</summary>
static class OptimizerFile
{
    public static void Write(string path, AdamW optimizer) =>
        SafetensorsWriter.Write(path, [.. optimizer.States.Select(state => new TensorBytes(state.Name, state.Type, state.Shape, stream => stream.Write(state.Bytes)))]);

    /// <exception cref="EngineException">The file belongs to another model, or to moments of other bits.</exception>
    public static void Read(string path, AdamW optimizer)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (OptimizerState state in optimizer.States)
        {
            ReadOnlySpan<byte> bytes = file.Bytes(state.Name);
            if (bytes.Length != state.Bytes.Length)
                throw new EngineException($"{path}: the state {state.Name} has {bytes.Length} bytes, expected {state.Bytes.Length} for {state}. It was made for another model, or with other bits of optimizer-state-bits.");
            bytes.CopyTo(state.Bytes);
        }
    }
}
