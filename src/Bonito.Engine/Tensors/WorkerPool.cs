using System.Runtime.ExceptionServices;

namespace Bonito.Engine.Tensors;

// CS8500, address of a managed type: a job lives on the caller's stack, which does not move, and whose references the
// collector keeps up to date, until For returns.
#pragma warning disable CS8500

/// <summary>One piece of parallel work, split by index. Every index writes its own part of the output.</summary>
public interface IParallelJob
{
    /// <param name="index">Which piece, 0 to count - 1.</param>
    /// <param name="worker">Which worker runs it, 0 to <see cref="WorkerPool.Threads"/> - 1: for scratch memory only, results must not depend on it.</param>
    void Run(int index, int worker);
}

/// <summary>
/// A team of persistent threads that take indices of a job from a shared counter; the caller is worker 0. Workers spin
/// for some microseconds between jobs, since the kernels of a model follow each other closely, and sleep after that.
/// Starting a job allocates nothing. One job runs at a time; a pool is used by one thread at a time.
/// </summary>
public sealed unsafe class WorkerPool : IDisposable
{
    // About 50 microseconds: longer than the gaps between kernels, shorter than what an idle machine would feel.
    const int SpinsBeforeSleep = 2000;
    const int SpinsBeforeYield = 4000;

    readonly Thread[] threads;
    readonly SemaphoreSlim[] wake;
    readonly int[] asleep;
    volatile int epoch;
    volatile bool stopping;
    volatile ExceptionDispatchInfo? failure;
    int running;
    int next;
    int count;
    int inUse;
    void* job;
    delegate*<void*, int, int, void> run;

    /// <param name="threads">Number of workers including the caller; null takes one for each processor.</param>
    public WorkerPool(int? threads = null)
    {
        Threads = threads ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1, nameof(threads));
        this.threads = new Thread[Threads - 1];
        wake = new SemaphoreSlim[Threads - 1];
        asleep = new int[Threads - 1];
        for (int i = 0; i < this.threads.Length; i++)
        {
            int helper = i;
            wake[i] = new SemaphoreSlim(0);
            this.threads[i] = new Thread(() => Loop(helper)) { IsBackground = true, Name = $"bonito worker {i + 1}" };
            this.threads[i].Start();
        }
    }

    /// <summary>Number of workers, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs indices 0 to <paramref name="count"/> - 1 of a job and returns when all are done; rethrows the first exception.</summary>
    public void For<TJob>(int count, TJob job) where TJob : struct, IParallelJob
    {
        ObjectDisposedException.ThrowIf(stopping, this);
        if (count <= 0) return;
        if (Interlocked.Exchange(ref inUse, 1) != 0) throw new InvalidOperationException("A worker pool runs one job at a time.");
        try
        {
            if (threads.Length == 0 || count == 1)
            {
                for (int i = 0; i < count; i++) job.Run(i, 0);
                return;
            }
            this.job = &job;
            run = &RunOne<TJob>;
            this.count = count;
            next = 0;
            running = threads.Length;
            // Also a full fence: a flag read before the new epoch is visible could miss a worker on its way to sleep,
            // and this call would wait for it for ever.
            Interlocked.Increment(ref epoch);
            for (int i = 0; i < threads.Length; i++)
                if (Volatile.Read(ref asleep[i]) == 1 && Interlocked.Exchange(ref asleep[i], 0) == 1) wake[i].Release();
            Work(0);
            for (int spins = 0; Volatile.Read(ref running) != 0; spins++)
            {
                if (spins < SpinsBeforeYield) Thread.SpinWait(1);
                else Thread.Yield();
            }
            if (failure is { } thrown)
            {
                failure = null;
                thrown.Throw();
            }
        }
        finally
        {
            Volatile.Write(ref inUse, 0);
        }
    }

    public void Dispose()
    {
        if (stopping) return;
        stopping = true;
        foreach (SemaphoreSlim s in wake) s.Release();
        foreach (Thread t in threads) t.Join();
        foreach (SemaphoreSlim s in wake) s.Dispose();
    }

    static void RunOne<TJob>(void* job, int index, int worker) where TJob : struct, IParallelJob => ((TJob*)job)->Run(index, worker);

    void Work(int worker)
    {
        try
        {
            for (int i = Interlocked.Increment(ref next) - 1; i < count; i = Interlocked.Increment(ref next) - 1) run(job, i, worker);
        }
        catch (Exception e)
        {
            failure ??= ExceptionDispatchInfo.Capture(e);
            Volatile.Write(ref next, count);
        }
    }

    void Loop(int helper)
    {
        int seen = 0;
        while (true)
        {
            for (int spins = 0; epoch == seen && !stopping; spins++)
            {
                if (spins < SpinsBeforeSleep)
                {
                    Thread.SpinWait(4);
                    continue;
                }
                Interlocked.Exchange(ref asleep[helper], 1);
                // A job may have started between the last look and the flag: then either this thread takes the flag
                // back, or the caller has taken it and released the semaphore.
                if ((epoch == seen && !stopping) || Interlocked.Exchange(ref asleep[helper], 0) == 0) wake[helper].Wait();
                spins = 0;
            }
            if (stopping) return;
            seen = epoch;
            Work(helper + 1);
            Interlocked.Decrement(ref running);
        }
    }
}
