using System.Diagnostics;
using System.Runtime.CompilerServices;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Tensors;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Every_index_runs_exactly_once(int threads)
    {
        using WorkerPool pool = new(threads);
        Assert.Equal(threads, pool.Threads);
        foreach (int count in new[] { 0, 1, 2, 3, threads - 1, threads, threads + 1, 100, 1000 })
        {
            int[] runs = new int[count];
            int[] workers = new int[count];
            pool.For(count, new CountingJob(runs, workers));
            Assert.All(runs, r => Assert.Equal(1, r));
            Assert.All(workers, w => Assert.InRange(w, 0, threads - 1));
        }
    }

    /// <summary>Jobs follow each other at once, after pauses about as long as the time workers spin, and after they sleep for sure.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void No_job_is_lost_between_spinning_and_sleeping(int threads)
    {
        using WorkerPool pool = new(threads);
        Random random = new(threads);
        int[] runs = new int[threads];
        int[] workers = new int[threads];
        const int Jobs = 600;
        for (int i = 0; i < Jobs; i++)
        {
            pool.For(threads, new CountingJob(runs, workers));
            if (i % 100 == 99) Thread.Sleep(2);
            else if (i % 2 == 0) Pause(TimeSpan.FromMicroseconds(random.Next(200)));
        }
        Assert.All(runs, r => Assert.Equal(Jobs, r));
    }

    /// <summary>A worker that does not come back is what a busy machine looks like.</summary>
    [Fact]
    public void After_a_stall_the_caller_works_alone_for_a_while()
    {
        using WorkerPool pool = new(2);
        int[] workers = new int[64];
        // The stall itself may fail to come about where the machine gives the second worker no processor in time.
        for (int attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 200, "The second worker never took part.");
            pool.For(64, new StallingJob(workers));
            if (!workers.Contains(1)) continue;
            pool.For(64, new StallingJob(workers));
            if (!workers.Contains(1)) break;
        }
        Stopwatch patience = Stopwatch.StartNew();
        do
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), "The second worker was never asked again.");
            pool.For(64, new StallingJob(workers));
        }
        while (!workers.Contains(1));
    }

    /// <summary>The second worker keeps its first piece for 20 ms, the caller is through with all others before.</summary>
    readonly struct StallingJob(int[] workers) : IParallelJob
    {
        public void Run(int index, int worker)
        {
            workers[index] = worker;
            if (worker == 0) Pause(TimeSpan.FromMicroseconds(10));
            else Thread.Sleep(20);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void An_exception_is_rethrown_and_the_pool_goes_on(int threads)
    {
        using WorkerPool pool = new(threads);
        for (int round = 0; round < 20; round++)
        {
            int bad = round * 5;
            InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => pool.For(100, new FailingJob(bad)));
            Assert.Equal($"index {bad}", thrown.Message);
            Assert.Contains(nameof(FailingJob), thrown.StackTrace, StringComparison.Ordinal);
            int[] runs = new int[50];
            pool.For(50, new CountingJob(runs, new int[50]));
            Assert.All(runs, r => Assert.Equal(1, r));
        }
    }

    [Fact]
    public void When_every_index_fails_one_exception_is_rethrown()
    {
        using WorkerPool pool = new(4);
        for (int round = 0; round < 20; round++)
            Assert.StartsWith("index ", Assert.Throws<InvalidDataException>(() => pool.For(100, new FailingJob(null))).Message, StringComparison.Ordinal);
        pool.For(100, new CountingJob(new int[100], new int[100]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_job_inside_a_job_is_refused(int threads)
    {
        using WorkerPool pool = new(threads);
        Assert.Throws<InvalidOperationException>(() => pool.For(10, new NestedJob(pool)));
        pool.For(10, new CountingJob(new int[10], new int[10]));
    }

    [Fact]
    public void A_second_caller_is_refused_while_a_job_runs()
    {
        using WorkerPool pool = new(2);
        using ManualResetEventSlim started = new(), finish = new();
        Thread first = new(() => pool.For(2, new WaitingJob(started, finish)));
        first.Start();
        started.Wait(TestContext.Current.CancellationToken);
        Assert.Throws<InvalidOperationException>(() => pool.For(2, new CountingJob(new int[2], new int[2])));
        finish.Set();
        first.Join();
        pool.For(2, new CountingJob(new int[2], new int[2]));
    }

    /// <summary>Right after a job the workers spin; after some milliseconds they sleep.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(20_000)]
    public void Disposing_ends_spinning_and_sleeping_workers(int pauseMicroseconds)
    {
        for (int threads = 1; threads <= 8; threads++)
        {
            WorkerPool pool = new(threads);
            pool.For(threads, new CountingJob(new int[threads], new int[threads]));
            Pause(TimeSpan.FromMicroseconds(pauseMicroseconds));
            pool.Dispose();
            pool.Dispose();
            Assert.Throws<ObjectDisposedException>(() => pool.For(1, new CountingJob(new int[1], new int[1])));
        }
    }

    [Fact]
    public void A_pool_that_never_ran_is_disposed()
    {
        for (int threads = 1; threads <= 8; threads++) new WorkerPool(threads).Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_pool_needs_a_worker(int threads) => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(threads));

    [Fact]
    public void The_default_is_a_worker_for_each_processor()
    {
        using WorkerPool pool = new();
        Assert.Equal(Environment.ProcessorCount, pool.Threads);
    }

    static void Pause(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time) Thread.SpinWait(1);
    }

    readonly struct CountingJob(int[] runs, int[] workers) : IParallelJob
    {
        public void Run(int index, int worker)
        {
            Interlocked.Increment(ref runs[index]);
            workers[index] = worker;
        }
    }

    /// <summary>Fails at one index, or at all.</summary>
    readonly struct FailingJob(int? bad) : IParallelJob
    {
        // Not inlined, so that its name is in the stack trace.
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run(int index, int worker)
        {
            if (bad is null || bad == index) throw new InvalidDataException($"index {index}");
        }
    }

    readonly struct NestedJob(WorkerPool pool) : IParallelJob
    {
        public void Run(int index, int worker) => pool.For(2, new FailingJob(null));
    }

    readonly struct WaitingJob(ManualResetEventSlim started, ManualResetEventSlim finish) : IParallelJob
    {
        public void Run(int index, int worker)
        {
            started.Set();
            finish.Wait();
        }
    }
}
