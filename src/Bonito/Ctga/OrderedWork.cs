namespace Bonito.Ctga;

/// <summary>Does work on all processors and gives its results in order, so that nothing depends on how many there are.</summary>
internal static class OrderedWork
{
    /// <param name="items">Read one after the other, by the caller's thread.</param>
    /// <param name="work">What is done to each, on any thread.</param>
    /// <param name="threads">How many are worked on, or wait to be taken, at once.</param>
    /// <param name="cancellation">Ends the work before the next item.</param>
    public static IEnumerable<TResult> Run<TItem, TResult>(
        IEnumerable<TItem> items, Func<TItem, TResult> work, int threads, CancellationToken cancellation)
    {
        var waiting = new Queue<Task<TResult>>();
        try
        {
            foreach (TItem item in items)
            {
                cancellation.ThrowIfCancellationRequested();
                if (waiting.Count == threads) yield return waiting.Dequeue().GetAwaiter().GetResult();
                waiting.Enqueue(Task.Run(() => work(item), CancellationToken.None));
            }
            while (waiting.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return waiting.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            // Whatever ended the enumeration, nothing goes on behind it; the first error has been given to the caller.
            Task.WhenAll(waiting).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Wait(CancellationToken.None);
        }
    }
}
