using System.Diagnostics;
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
/// On a busy machine a worker may lose its processor with a piece in its hands, and all wait for it; the caller then works alone
/// for a while, as results do not depend on who works.
/// </summary>
public sealed unsafe class WorkerPool : IDisposable
{
    // About 50 microseconds: longer than the gaps between kernels, shorter than what an idle machine would feel.
    const int SpinsBeforeSleep = 2000;
    const int SpinsBeforeYield = 4000;

    // Far longer than workers wait for each other at the end of a job, shorter than a turn of the system's scheduler (3 ms and more).
    static readonly long Stall = Stopwatch.Frequency / 1000;
    static readonly long LongestAlone = Stopwatch.Frequency / 4;

    readonly Thread[] threads;
    readonly SemaphoreSlim[] wake;
    readonly int[] asleep;
    volatile int epoch;
    volatile bool stopping;
    volatile ExceptionDispatchInfo? failure;

    // The job's epoch in the upper half, its next index in the lower: who comes late for a job cannot take a piece of another.
    long ticket;
    int unfinished;
    int count;
    int inUse;
    long alone;
    long aloneUntil;
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
            long begun = Stopwatch.GetTimestamp();
            if (threads.Length == 0 || count == 1 || begun < aloneUntil)
            {
                for (int i = 0; i < count; i++) job.Run(i, 0);
                return;
            }
            this.job = &job;
            run = &RunOne<TJob>;
            this.count = count;
            unfinished = count;
            int started = epoch + 1;
            Volatile.Write(ref ticket, (long)started << 32);
            // Also a full fence: a flag read before the new epoch is visible could miss a worker on its way to sleep,
            // and the job would be done without it.
            Interlocked.Exchange(ref epoch, started);
            for (int i = 0; i < threads.Length; i++)
                if (Volatile.Read(ref asleep[i]) == 1 && Interlocked.Exchange(ref asleep[i], 0) == 1) wake[i].Release();
            Work(started, 0);
            long worked = Stopwatch.GetTimestamp();
            for (int spins = 0; Volatile.Read(ref unfinished) != 0; spins++)
            {
                if (spins < SpinsBeforeYield) Thread.SpinWait(1);
                else Thread.Yield();
            }
            Adapt(begun, worked, Stopwatch.GetTimestamp());
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

    /// <summary>
    /// After a wait that no uneven pieces explain, the caller works alone: first as long as it waited, twice as long each time that
    /// it happens again soon.
    /// </summary>
    void Adapt(long begun, long worked, long ended)
    {
        long waited = ended - worked;
        if (waited > Stall && waited > 2 * (worked - begun))
        {
            alone = Math.Min(Math.Max(2 * alone, waited), LongestAlone);
            aloneUntil = ended + alone;
        }
        else if (ended - aloneUntil > 2 * alone) alone = 0;
    }

    static void RunOne<TJob>(void* job, int index, int worker) where TJob : struct, IParallelJob => ((TJob*)job)->Run(index, worker);

    void Work(int started, int worker)
    {
        while (Take(started, all: false) is var (first, taken) && taken > 0)
        {
            try
            {
                run(job, first, worker);
            }
            catch (Exception e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
                taken += Take(started, all: true).Count;
            }
            Interlocked.Add(ref unfinished, -taken);
        }
    }

    /// <summary>Takes the next index of a job, or all that are left; none once the job has none, or another one runs.</summary>
    (int First, int Count) Take(int started, bool all)
    {
        while (true)
        {
            long seen = Volatile.Read(ref ticket);
            int index = (int)seen, end = Volatile.Read(ref count);
            if ((int)(seen >> 32) != started || index >= end) return (0, 0);
            int taken = all ? end - index : 1;
            if (Interlocked.CompareExchange(ref ticket, seen + taken, seen) == seen) return (index, taken);
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
            Work(seen, helper + 1);
        }
    }
}
