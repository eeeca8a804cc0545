using System.Diagnostics;
using Bonito.Engine.Autograd;
using Bonito.Engine.Generation.Constraints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Generation;

/// <summary>
/// Continues prompts: the only loop over generated tokens. Sequences are decoded together, one token of each in a step; they
/// enter free slots of the batch and leave as they end, and prompts that enter are computed beside the decoding, a limited number
/// of tokens in each step. A completion depends on the model, its prompt, the options, its key and its sample number, not on the
/// batch size, the threads, or what runs beside it.
/// </summary>
public sealed unsafe class Generator : IDisposable
{
    // Prompt tokens of one step: enough for the matrix kernels to be at their best, few enough that decoding goes on.
    const int PromptRows = 512;

    readonly Llama model;
    readonly Tokenizer tokenizer;
    readonly WorkerPool pool;
    readonly Ops ops;
    readonly Slot[] slots;
    readonly Sampler[] samplers;
    readonly TokenBatch batch = new();
    // Sequences whose prompts are being computed, first come first served.
    readonly List<Slot> entering;
    // Sequences that draw a token in this step, and the rows of the batch to draw it from.
    readonly Slot[] drawing;
    readonly int[] drawingRows;
    readonly KvCache cache;
    // Made for the first request with a constraint; scratch memory for each thread.
    AllowedTokens? allowed;
    AllowedTokens.Scratch[] allowedScratch = [];
    bool running;

    /// <param name="model">Its weights are packed for inference and must not change while the generator lives. The caller keeps it and the pool.</param>
    /// <param name="tokenizer">May have fewer tokens than the model, whose other outputs are never drawn; not more.</param>
    /// <param name="batchSize">Sequences decoded together at most.</param>
    /// <exception cref="EngineException">Model and tokenizer do not fit together.</exception>
    public Generator(Llama model, Tokenizer tokenizer, WorkerPool pool, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (tokenizer.VocabularySize > model.Config.VocabSize)
            throw new EngineException($"The tokenizer has {tokenizer.VocabularySize} tokens, the model's vocab_size is {model.Config.VocabSize}: they do not belong together.");
        foreach (int end in model.Config.EosTokenIds)
            if ((uint)end >= (uint)tokenizer.VocabularySize) throw new EngineException($"The model's eos_token_id {end} is not among the tokenizer's {tokenizer.VocabularySize} tokens: they do not belong together.");
        this.model = model;
        this.tokenizer = tokenizer;
        this.pool = pool;
        ops = new Ops(pool);
        model.Pack(ops.Gemm);
        slots = [.. Enumerable.Range(0, batchSize).Select(i => new Slot(i))];
        samplers = [.. Enumerable.Range(0, pool.Threads).Select(_ => new Sampler(tokenizer.VocabularySize))];
        entering = new List<Slot>(batchSize);
        cache = new KvCache(model.Config, ops.Gemm.Kernel, batchSize, Window);
        drawing = new Slot[batchSize];
        drawingRows = new int[batchSize];
    }

    /// <summary>Tokens that a prompt and its completion can have together.</summary>
    public int Window => model.Config.MaxPositionEmbeddings;

    /// <summary>What was done since the generator was made.</summary>
    public GenerationStatistics Statistics { get; private set; }

    /// <summary>Whether a prompt of so many tokens leaves room for at least one more.</summary>
    public bool Fits(int promptTokens) => promptTokens < Window;

    /// <summary>
    /// Completes prompts. A request is pulled when there is a free slot for it, and a completion is given out in the step in
    /// which it ends, so completions come in no particular order. One call runs at a time.
    /// </summary>
    /// <exception cref="EngineException">The options do not work, or (while enumerating) a prompt is empty, does not fit into
    /// <see cref="Window"/> or has ids that the model does not know, or a constraint is given and the tokenizer cannot write every text.</exception>
    /// <exception cref="OperationCanceledException">While enumerating; what was not yet given out is lost.</exception>
    public IEnumerable<Completion> Generate(IEnumerable<GenerationRequest> requests, SamplingOptions options, CancellationToken cancellation = default)
    {
        options.Validate();
        return Run(requests, options, cancellation);
    }

    public void Dispose()
    {
        cache.Dispose();
        ops.Dispose();
    }

    IEnumerable<Completion> Run(IEnumerable<GenerationRequest> requests, SamplingOptions options, CancellationToken cancellation)
    {
        if (running) throw new InvalidOperationException("A generator serves one call at a time.");
        running = true;
        try
        {
            StopStrings stops = new(options.Stop);
            using SampleQueue waiting = new(requests);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                Admit(waiting, options);
                if (!Array.Exists(slots, slot => slot.Active)) yield break;
                int drawn = Step(options);
                for (int i = 0; i < drawn; i++)
                {
                    drawing[i].Append(tokenizer, model.Config.EosTokenIds, stops, options.MaxTokens, Window);
                    if (drawing[i].Finish != null) yield return drawing[i].Leave();
                }
            }
        }
        finally
        {
            foreach (Slot slot in slots) slot.Empty();
            entering.Clear();
            running = false;
        }
    }

    /// <summary>Lets waiting sequences into free slots.</summary>
    void Admit(SampleQueue waiting, SamplingOptions options)
    {
        foreach (Slot slot in slots)
        {
            if (slot.Active) continue;
            if (!waiting.TryPeek(out GenerationRequest? request, out int sample)) return;
            Check(request);
            if (request.Constraint != null) PrepareConstraints();
            slot.Start(request, sample, options);
            waiting.Dequeue();
            // Samples follow each other, so while there are more of a request, no other takes the slots that hold its prompt.
            if (slot.Past == 0) slot.Source = OwnerOf(request, slot);
            if (slot.Source == null || TryCopyPrompt(slot)) entering.Add(slot);
        }
    }

    void Check(GenerationRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Samples, 1);
        if (request.Prompt.Length == 0) throw new EngineException($"The prompt of {request.Key} has no tokens; it needs at least one, such as the beginning of text.");
        if (!Fits(request.Prompt.Length))
            throw new EngineException($"The prompt of {request.Key} has {request.Prompt.Length} tokens; the model's window of {Window} takes at most {Window - 1} and what is to be written. Shorten it.");
    }

    void PrepareConstraints()
    {
        if (allowed != null) return;
        allowed = AllowedTokens.Of(tokenizer, model.Config.EosTokenIds);
        allowedScratch = [.. samplers.Select(_ => allowed.NewScratch())];
    }

    /// <summary>A slot that holds a request's prompt or is computing it.</summary>
    Slot? OwnerOf(GenerationRequest request, Slot asking)
    {
        foreach (Slot slot in slots)
            if (slot != asking && slot.Source == null && ReferenceEquals(slot.Request, request)) return slot;
        return null;
    }

    /// <summary>Takes the prompt from the slot that has computed it, all but its last token; false while it is not ready.</summary>
    bool TryCopyPrompt(Slot slot)
    {
        int tokens = slot.PromptLength - 1;
        if (slot.Source!.Past < tokens) return false;
        cache.Copy(slot.Source.Index, slot.Index, tokens);
        slot.Past = tokens;
        slot.Source = null;
        return true;
    }

    /// <summary>Runs one step of the model and draws; the first of <see cref="drawing"/> are the sequences that have a new token.</summary>
    int Step(SamplingOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        batch.Clear();
        int drawn = 0;
        foreach (Slot slot in slots)
            if (slot.Active && slot.PromptLeft.IsEmpty) drawn = Continue(slot, drawn);
        int continued = batch.Rows;
        drawn = Enter(drawn);

        ops.Arena.Reset();
        Tensor hidden = model.Forward(ops, batch, cache);
        if (drawn > 0)
        {
            Tensor logits = model.Logits(ops, ops.Rows(hidden, drawingRows.AsSpan(0, drawn)));
            pool.For(drawn, new DrawJob(this, logits, options));
        }
        // Before another sequence may enter a slot that a copy is to be made from.
        foreach (Slot slot in slots)
            if (slot.Source != null && TryCopyPrompt(slot)) entering.Add(slot);
        Count(batch.Rows - continued, drawn, continued, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return drawn;
    }

    int Continue(Slot slot, int drawn)
    {
        drawing[drawn] = slot;
        drawingRows[drawn] = batch.Rows;
        batch.Add(slot.Index, slot.Past, slot.Newest);
        slot.Past++;
        return drawn + 1;
    }

    /// <summary>Adds prompts, or what of them has room in this step.</summary>
    int Enter(int drawn)
    {
        int room = PromptRows, complete = 0;
        foreach (Slot slot in entering)
        {
            ReadOnlySpan<int> tokens = slot.PromptLeft;
            if (tokens.Length > room) tokens = tokens[..room];
            if (tokens.IsEmpty) break;
            batch.Add(slot.Index, slot.Past, tokens);
            slot.Past += tokens.Length;
            room -= tokens.Length;
            if (!slot.PromptLeft.IsEmpty) break;
            complete++;
            drawing[drawn] = slot;
            drawingRows[drawn++] = batch.Rows - 1;
        }
        entering.RemoveRange(0, complete);
        return drawn;
    }

    void Count(int promptRows, int drawn, int continued, double seconds)
    {
        double promptSeconds = seconds * promptRows / (promptRows + continued);
        GenerationStatistics s = Statistics;
        Statistics = new GenerationStatistics(s.PromptTokens + promptRows, s.PromptSeconds + promptSeconds, s.GeneratedTokens + drawn, s.GenerationSeconds + seconds - promptSeconds);
    }

    readonly struct DrawJob(Generator generator, Tensor logits, SamplingOptions options) : IParallelJob
    {
        public void Run(int index, int worker)
        {
            Slot slot = generator.drawing[index];
            Span<float> row = logits.Row(index)[..generator.tokenizer.VocabularySize];
            if (options.FrequencyPenalty is { } penalty and not 0) slot.Penalize(row, penalty);
            if (slot.Request.Constraint is { } constraint)
                generator.allowed!.Find(constraint, slot.ConstraintState, generator.allowedScratch[worker]).Apply(row);
            slot.Drawn = generator.samplers[worker].Sample(row, options, ref slot.Random);
        }
    }
}
