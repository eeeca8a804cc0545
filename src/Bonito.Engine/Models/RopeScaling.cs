namespace Bonito.Engine.Models;

/// <summary>
/// How rotary frequencies are changed so that a model reads longer texts than it was first trained on, <c>rope_scaling</c> of
/// <c>config.json</c>. A frequency is the angle between one position and the next, theta^(-2i / D) for pair i before scaling.
/// </summary>
public abstract record RopeScaling
{
    RopeScaling() { }

    /// <summary>The frequencies of the D / 2 pairs, rounded to float32 as Hugging Face's implementation keeps them.</summary>
    /// <param name="headWidth">D</param>
    /// <param name="theta"><c>rope_theta</c></param>
    public static float[] Frequencies(RopeScaling? scaling, int headWidth, double theta)
    {
        double[] frequencies = new double[headWidth / 2];
        for (int i = 0; i < frequencies.Length; i++) frequencies[i] = 1.0 / Math.Pow(theta, 2.0 * i / headWidth);
        scaling?.Change(frequencies, theta);
        return Array.ConvertAll(frequencies, f => (float)f);
    }

    /// <summary>What turned queries and keys are multiplied by.</summary>
    public virtual double Magnitude => 1;

    /// <summary>Adds what is wrong with the numbers.</summary>
    internal abstract void Check(List<string> troubles);

    /// <summary>Scales the frequencies of a base theta in place.</summary>
    private protected abstract void Change(double[] frequencies, double theta);

    private protected static void Positive(List<string> troubles, string name, double value)
    {
        if (!(value > 0 && double.IsFinite(value))) troubles.Add($"{name} of rope_scaling must be positive, got {value}");
    }

    /// <summary>Type <c>linear</c>: all frequencies divided (Chen et al., "Extending Context Window ... via Positional Interpolation", 2023).</summary>
    public sealed record Linear(double Factor) : RopeScaling
    {
        internal override void Check(List<string> troubles) => Positive(troubles, "factor", Factor);

        private protected override void Change(double[] frequencies, double theta)
        {
            for (int i = 0; i < frequencies.Length; i++) frequencies[i] /= Factor;
        }
    }

    /// <summary>
    /// Type <c>dynamic</c>: the base grows with a sequence that is longer than <c>max_position_embeddings</c>. Up to that length, the
    /// window of this engine, nothing is changed.
    /// </summary>
    public sealed record Dynamic(double Factor) : RopeScaling
    {
        internal override void Check(List<string> troubles) => Positive(troubles, "factor", Factor);

        private protected override void Change(double[] frequencies, double theta) { }
    }

    /// <summary>
    /// Type <c>llama3</c> (Llama 3.1): frequencies with fewer than <paramref name="LowFreqFactor"/> turns in the first training's window
    /// are divided, those with more than <paramref name="HighFreqFactor"/> kept, those between blended.
    /// </summary>
    public sealed record Llama3(double Factor, double LowFreqFactor, double HighFreqFactor, int OriginalMaxPositionEmbeddings) : RopeScaling
    {
        internal override void Check(List<string> troubles)
        {
            Positive(troubles, "factor", Factor);
            Positive(troubles, "low_freq_factor", LowFreqFactor);
            Positive(troubles, "original_max_position_embeddings", OriginalMaxPositionEmbeddings);
            if (!(HighFreqFactor > LowFreqFactor)) troubles.Add($"high_freq_factor {HighFreqFactor} of rope_scaling must be above low_freq_factor {LowFreqFactor}");
        }

        private protected override void Change(double[] frequencies, double theta)
        {
            for (int i = 0; i < frequencies.Length; i++)
            {
                double turns = OriginalMaxPositionEmbeddings * frequencies[i] / (2 * Math.PI);
                double kept = Math.Clamp((turns - LowFreqFactor) / (HighFreqFactor - LowFreqFactor), 0, 1);
                frequencies[i] *= (1 - kept) / Factor + kept;
            }
        }
    }

    /// <summary>
    /// Type <c>yarn</c> (Peng et al., "YaRN", 2023): as <see cref="Llama3"/>, but blended evenly over the pairs between those of
    /// <paramref name="BetaSlow"/> and <paramref name="BetaFast"/> turns, and queries and keys grow by <see cref="Magnitude"/>.
    /// </summary>
    /// <param name="AttentionFactor">The magnitude; null is the paper's 0.1 ln(factor) + 1.</param>
    public sealed record Yarn(double Factor, int OriginalMaxPositionEmbeddings, double? AttentionFactor = null, double BetaFast = 32, double BetaSlow = 1) : RopeScaling
    {
        public override double Magnitude => AttentionFactor ?? (Factor <= 1 ? 1 : 0.1 * Math.Log(Factor) + 1);

        internal override void Check(List<string> troubles)
        {
            Positive(troubles, "factor", Factor);
            Positive(troubles, "original_max_position_embeddings", OriginalMaxPositionEmbeddings);
            Positive(troubles, "beta_slow", BetaSlow);
            Positive(troubles, "attention_factor", Magnitude);
            if (!(BetaFast >= BetaSlow)) troubles.Add($"beta_fast {BetaFast} of rope_scaling must not be below beta_slow {BetaSlow}");
        }

        private protected override void Change(double[] frequencies, double theta)
        {
            int width = 2 * frequencies.Length;
            double Pair(double turns) => width * Math.Log(OriginalMaxPositionEmbeddings / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
            double low = Math.Max(Math.Floor(Pair(BetaFast)), 0), high = Math.Min(Math.Ceiling(Pair(BetaSlow)), width - 1);
            // As Hugging Face's implementation avoids a division by zero.
            if (low == high) high += 0.001;
            for (int i = 0; i < frequencies.Length; i++)
            {
                double divided = Math.Clamp((i - low) / (high - low), 0, 1);
                frequencies[i] *= divided / Factor + (1 - divided);
            }
        }
    }

    /// <summary>
    /// Each frequency divided by its own number, [D / 2], as GGUF files of Llama 3.1 store what <see cref="Llama3"/> comes to
    /// (<c>rope_freqs.weight</c>). Not a type of <c>config.json</c>.
    /// </summary>
    public sealed record Divided(IReadOnlyList<float> Divisors) : RopeScaling
    {
        public bool Equals(Divided? other) => other != null && Divisors.SequenceEqual(other.Divisors);

        public override int GetHashCode() => Divisors.Aggregate(0, HashCode.Combine);

        internal override void Check(List<string> troubles)
        {
            foreach (float divisor in Divisors) Positive(troubles, "a divisor", divisor);
        }

        private protected override void Change(double[] frequencies, double theta)
        {
            if (Divisors.Count != frequencies.Length) throw new EngineException($"The rotary frequencies have {Divisors.Count} divisors; heads of width {2 * frequencies.Length} need {frequencies.Length}.");
            for (int i = 0; i < frequencies.Length; i++) frequencies[i] /= Divisors[i];
        }
    }
}
