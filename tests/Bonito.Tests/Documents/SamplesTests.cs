using Bonito.Documents;

namespace Bonito.Tests.Documents;

/// <summary>The sample documents are what newcomers try first.</summary>
public sealed class SamplesTests
{
    [Fact]
    public void All_samples_are_read_without_a_notice_and_give_contexts_that_start_and_end_well()
    {
        List<DocumentNotice> notices = [];
        List<Document> documents = [.. DocumentReader.Read([Path.Combine(RepositoryRoot(), "samples")], null, notices.Add)];
        var chunker = new Chunker(new ChunkOptions(200, 40), ChunkerTests.CountWords);
        List<Context> contexts = [.. documents.SelectMany(chunker.Chunk)];

        Assert.Empty(notices);
        Assert.Equal(9, documents.Select(d => d.Name.Split('#')[0]).Distinct().Count());
        Assert.InRange(contexts.Count, 18, 30);
        Assert.All(contexts, c =>
        {
            Assert.InRange(ChunkerTests.CountWords(c.Text), 40, 200);
            Assert.False(char.IsLower(c.Text[0]), $"starts inside a sentence: {c.Text[..40]}");
            Assert.Contains(c.Text[^1], ".?!|");
        });
    }

    static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Bonito.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests do not run from within the repository");
    }
}
