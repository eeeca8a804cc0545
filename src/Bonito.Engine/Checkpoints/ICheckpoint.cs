using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// Stored weights by the names that Hugging Face's models give them, wherever and however they lie. Opening maps files and checks
/// their headers; the weights are read when they are used.
/// </summary>
public interface ICheckpoint : IDisposable
{
    /// <summary>The file or folder, for messages.</summary>
    string Source { get; }

    /// <summary>The tensors by name; <see cref="StoredTensor.Offset"/> counts within the file that holds the tensor.</summary>
    IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>A tensor where it lies in its mapped file, without a copy; valid until this is disposed.</summary>
    /// <exception cref="EngineException">No such tensor, or not of a type in <see cref="DType"/>.</exception>
    StoredMatrix Matrix(string name);

    /// <summary>Says that a matrix was copied and will not be read soon, so that its memory may be given back; a mapped one can still be read.</summary>
    void Release(StoredMatrix matrix);

    /// <summary>
    /// Compares the checkpoint with what a model expects of it and reports all differences at once: tensors that are missing, have another
    /// shape or a type that is no <see cref="DType"/>, and those that nobody expects.
    /// </summary>
    /// <param name="expected">All tensors that will be read.</param>
    /// <param name="allowUnexpected">Whether the checkpoint may hold more than that.</param>
    /// <exception cref="EngineException">They differ; the message has a line for each difference, 40 at most.</exception>
    void Verify(IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected = false);
}
