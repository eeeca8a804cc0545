using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Training;

/// <summary>The states of the optimiser on disk: safetensors, <c>first.</c> and <c>second.</c> before the parameter's name.</summary>
static class OptimizerFile
{
    public static void Write(string path, AdamW optimizer) =>
        SafetensorsWriter.Write(path, [.. optimizer.States.Select(state => new TensorBytes(state.Name, state.Type, state.Shape, stream => Write(stream, state)))]);

    /// <exception cref="EngineException">The file belongs to another model, or to moments of other bits.</exception>
    public static void Read(string path, AdamW optimizer)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (OptimizerState state in optimizer.States)
        {
            long stored = file.Find(state.Name).Length;
            if (stored != state.Length)
                throw new EngineException($"{path}: the state {state.Name} has {stored} bytes, expected {state.Length} for {state}. It was made for another model, or with other bits of optimizer-state-bits.");
            for (long at = 0; at < state.Length; at += OptimizerState.Piece)
            {
                Span<byte> piece = state.Bytes(at);
                file.Bytes(state.Name, at, piece.Length).CopyTo(piece);
            }
        }
    }

    static void Write(Stream stream, OptimizerState state)
    {
        for (long at = 0; at < state.Length; at += OptimizerState.Piece) stream.Write(state.Bytes(at));
    }
}
