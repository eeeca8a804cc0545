using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

/// <summary>Losses, gradients and weights that are not finite stop a run before anything is spoiled.</summary>
public sealed class NonFiniteTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("bonito-finite").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_loss_names_step_batch_and_row_and_leaves_the_weights()
    {
        // Token 49 stands in row 8 alone; the output layer is not the embedding, so no other row sees its poisoned embedding.
        TrainingExample[] examples = [.. SmallRun.Examples(12).Select(e => e with { Ids = [.. e.Ids.Select(id => Math.Min(id, 48))] })];
        examples[7].Ids[4] = 49;
        TrainingOptions options = SmallRun.Options with { BatchSize = 3, GradientAccumulationSteps = 4, EvaluationSteps = 1000 };
        using SmallRun run = new(folder, options, examples: examples, config: SmallRun.Config with { TieWordEmbeddings = false });
        float[] weights = [];
        EngineException e = Assert.Throws<EngineException>(() => run.Train(step: m =>
        {
            if (m.Step != 7) return;
            run.Model.Parameters[0].Tensor.Row(49)[3] = float.NaN;
            weights = run.Weights();
        }));
        Assert.StartsWith("Step 8 (learning rate ", e.Message, StringComparison.Ordinal);
        Assert.Contains("the loss of row rows.jsonl:8 is NaN after token ", e.Message, StringComparison.Ordinal);
        Assert.Matches(@"\(batch \d of 4 of the step: rows .*\)", e.Message);
        Assert.Contains(" of the step: rows ", e.Message, StringComparison.Ordinal);
        Assert.Contains($"The last good checkpoint is kept: {Path.Combine(folder, "checkpoints", "step-00000005")}.", e.Message, StringComparison.Ordinal);
        Assert.Equal(weights, run.Weights());
        Assert.Equal(7, File.ReadLines(Path.Combine(folder, "metrics.jsonl")).Count());
    }

    [Fact]
    public void A_gradient_names_the_parameter_and_the_rows()
    {
        // Outputs are a tiny norm times a huge head: logits and losses are ordinary, the gradient of the norm is the size of the head.
        using SmallRun run = new(folder, SmallRun.Options, config: SmallRun.Config with { TieWordEmbeddings = false });
        run.Model.Parameters.Single(p => p.Name == "model.norm.weight").Tensor.Values.Fill(1e-25f);
        foreach (ref float w in run.Model.Head.Weight.Tensor.Values) w *= 1e25f;
        float[] weights = run.Weights();
        EngineException e = Assert.Throws<EngineException>(() => run.Train());
        Assert.StartsWith("Step 1 (learning rate ", e.Message, StringComparison.Ordinal);
        Assert.Contains("the gradient of model.norm.weight is not (rows rows.jsonl:", e.Message, StringComparison.Ordinal);
        Assert.Equal(weights, run.Weights());
    }

    [Fact]
    public void Weights_that_explode_are_not_saved()
    {
        using SmallRun run = new(folder, SmallRun.Options with { LearningRate = 1e35f, MaxGradientNorm = 0, SaveSteps = 1, EvaluationSteps = 1 });
        EngineException e = Assert.Throws<EngineException>(() => run.Train());
        Assert.StartsWith("Step 1 (learning rate ", e.Message, StringComparison.Ordinal);
        Assert.Contains("There is no checkpoint yet.", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(folder, "checkpoints")));
    }

    [Fact]
    public void An_explosion_in_the_middle_leaves_the_last_good_checkpoint()
    {
        using SmallRun run = new(folder, SmallRun.Options with { SaveSteps = 1 });
        EngineException e = Assert.Throws<EngineException>(() => run.Train(step: m =>
        {
            // As an update with an exploding rate would leave them, after the checkpoint of step 6.
            if (m.Step == 6) run.Model.Parameters[1].Tensor.Values[0] = float.PositiveInfinity;
        }));
        Assert.StartsWith("Step 7 ", e.Message, StringComparison.Ordinal);
        string kept = Path.Combine(folder, "checkpoints", "step-00000006", "model.safetensors");
        Assert.Contains(Path.GetDirectoryName(kept)!, e.Message, StringComparison.Ordinal);
        using SafetensorsFile file = SafetensorsFile.Open(kept);
        foreach (Parameter p in run.Model.Parameters)
        {
            float[] values = new float[p.Tensor.Count];
            file.Read(p.Name, values);
            Assert.All(values, v => Assert.True(float.IsFinite(v)));
        }
    }
}
