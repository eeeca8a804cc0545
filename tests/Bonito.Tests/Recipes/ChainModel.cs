using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Tests.Recipes;

/// <summary>
/// A generator whose weights are written by hand: each next token depends on the last one alone (a Markov chain), so that after any
/// prompt it writes completions that parse, that have no or several pipes, empty parts or no end, in known proportions. The blocks
/// of the decoder add nothing; the embedding gives each token a direction of its own, and the head holds the chain's logits.
/// </summary>
static class ChainModel
{
    const string Newline = "Ċ";
    const string Beginning = "<s>", End = "</s>";
    const float Impossible = -40;

    static readonly string[] Words = ["What", "Ġis", "Ġthe", "Ġanswer", "Ġyes", "Ġno"];

    static readonly Dictionary<string, (string Next, double Probability)[]> Chain = new()
    {
        [Newline] = [.. Words.Select(w => (w, 0.12)), ("<|", 0.2), ("{{", 0.04), (End, 0.04)],
        ["<|"] = [("pipe", 1)],
        ["pipe"] = [("|>", 1)],
        ["|>"] = [(Newline, 1)],
        ["{{"] = [("context", 1)],
        ["context"] = [("}}", 1)],
        ["}}"] = [(Newline, 0.5), (End, 0.5)],
    };

    static ChainModel()
    {
        foreach (string word in Words) Chain.Add(word, [.. Words.Select(w => (w, 0.12)), (Newline, 0.2), (End, 0.08)]);
    }

    /// <summary>Writes a Hugging Face model folder.</summary>
    /// <param name="window">Tokens of prompt and completion together.</param>
    /// <param name="feedForwardWidth">Makes it slower without changing what it writes.</param>
    public static void Save(string folder, int window = 512, int feedForwardWidth = 8)
    {
        Tokenizer tokenizer = BpeTrainer.Train(
            Enumerable.Repeat("<|tasktype|>\n<|context|>\n<|task|>\n<|pipe|>\n{{context}}\nWhat is the answer yes no\n", 50), 400, [Beginning, End], Beginning, threads: 1);
        int size = (tokenizer.VocabularySize + 3) / 4 * 4;
        using Llama model = new(new LlamaConfig
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = size,
            IntermediateSize = feedForwardWidth,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            NumKeyValueHeads = 1,
            MaxPositionEmbeddings = window,
            BosTokenId = Id(tokenizer, Beginning),
            EosTokenId = Id(tokenizer, End),
        });
        foreach (Parameter parameter in model.Parameters) parameter.Tensor.Values.Fill(parameter.Shape.Count == 1 ? 1 : 0);
        Span<float> embedding = Values(model, "model.embed_tokens.weight"), head = Values(model, "lm_head.weight");
        // The norm makes a token's direction this long.
        float length = MathF.Sqrt(size);
        for (int token = 0; token < tokenizer.VocabularySize; token++) embedding[token * size + token] = 1;
        foreach ((string last, (string Next, double Probability)[] choices) in Chain)
        {
            int column = Id(tokenizer, last);
            for (int token = 0; token < tokenizer.VocabularySize; token++) head[token * size + column] = Impossible / length;
            foreach ((string next, double probability) in choices) head[Id(tokenizer, next) * size + column] = (float)Math.Log(probability) / length;
        }
        ModelFolder.Save(folder, model, tokenizer, DType.F32);
    }

    static int Id(Tokenizer tokenizer, string token) => tokenizer.TokenToId(token) ?? throw new InvalidOperationException($"no token {token}");

    static Span<float> Values(Llama model, string name) => model.Parameters.Single(p => p.Name == name).Tensor.Values;
}
