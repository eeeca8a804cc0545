using System.Diagnostics.CodeAnalysis;

namespace Bonito.Engine.Generation;

/// <summary>The samples of requests, one after another. A request is pulled when its first sample is looked at.</summary>
sealed class SampleQueue(IEnumerable<GenerationRequest> requests) : IDisposable
{
    readonly IEnumerator<GenerationRequest> source = requests.GetEnumerator();
    GenerationRequest? request;
    int sample;
    bool ended;

    /// <summary>The next sample; false when there are no more.</summary>
    public bool TryPeek([NotNullWhen(true)] out GenerationRequest? request, out int sample)
    {
        if (this.request == null && !ended)
        {
            ended = !source.MoveNext();
            if (!ended) this.request = source.Current;
        }
        request = this.request;
        sample = this.sample;
        return request != null;
    }

    /// <summary>Removes the sample that was looked at.</summary>
    public void Dequeue()
    {
        if (++sample < request!.Samples) return;
        request = null;
        sample = 0;
    }

    public void Dispose() => source.Dispose();
}
