using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Tests.Checkpoints;

public class AtomicFileTests
{
    [Fact]
    public void A_file_is_created_or_replaced_as_a_whole()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("f");
        AtomicFile.Write(path, stream => stream.Write("first, longer"u8));
        AtomicFile.Write(path, stream =>
        {
            stream.Write("second"u8);
            Assert.Equal("first, longer", File.ReadAllText(path));
        });
        Assert.Equal("second", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void When_the_writer_fails_the_old_file_stays_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("f", "old");
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[1 << 20]);
            throw new OperationCanceledException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_full_disk_is_reported_with_the_remedy()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full, the disk that is always full");
        using var folder = new TemporaryFolder();
        string path = folder.Write("f", "old");
        string message = Assert.Throws<EngineException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half of it"u8);
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            full.Write("the rest"u8);
            full.Flush();
        })).Message;
        Assert.StartsWith($"{path}: cannot be written: ", message, StringComparison.Ordinal);
        Assert.Contains($"Free space on the disk of '{folder.Path}'", message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_missing_folder_is_reported_with_the_remedy()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "none", "f");
        Assert.Contains($"Create the folder '{folder.File("none")}'", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_the_same_name_is_reported_and_nothing_stays_behind()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("f"));
        Assert.Contains("A folder has this name", Refusal(folder.File("f")), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_reported_with_the_remedy()
    {
        // Permissions do not stop the root user, but nobody can create files in /proc.
        Assert.SkipUnless(Directory.Exists("/proc/self"), "this system has no /proc, the folder that even root cannot write to");
        Assert.Contains("Check that '/proc' may be written to", Refusal("/proc/bonito-test"), StringComparison.Ordinal);
    }

    private static string Refusal(string path) =>
        Assert.Throws<EngineException>(() => AtomicFile.Write(path, stream => stream.WriteByte(1))).Message;
}
