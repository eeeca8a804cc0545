using Bonito.Documents;

namespace Bonito.Tests.Documents;

public sealed class DocumentFinderTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string[] Names(params string[] inputs) =>
        [.. DocumentFinder.Find([.. inputs.Select(_folder.At)]).Files.Select(f => f.Name)];

    void Write(params string[] names)
    {
        foreach (string name in names) _folder.Write(name, "text");
    }

    [Fact]
    public void A_folder_stands_for_all_below_it_in_ordinal_order()
    {
        Write("docs/b.txt", "docs/a/z.MD", "docs/a.jsonl.gz", "docs/B.csv", "docs/.hidden.txt", "docs/.git/x.txt");
        Assert.Equal(["B.csv", "a.jsonl.gz", "a/z.MD", "b.txt"], Names("docs"));
    }

    [Fact]
    public void Names_are_below_the_folder_that_holds_all_inputs()
    {
        Write("in/one/a.txt", "in/two/a.txt", "in/c.txt");
        Assert.Equal(["a.txt"], Names("in/one/a.txt"));
        Assert.Equal(["one/a.txt", "two/a.txt"], Names("in/two", "in/one/"));
        Assert.Equal(["c.txt", "two/a.txt"], Names("in/two", "in/c.txt"));
    }

    [Fact]
    public void Globs_match_below_their_fixed_part()
    {
        Write("d/a.md", "d/b.txt", "d/sub/c.md", "d/sub/deep/e.md", "d/sub2/f.md");
        Assert.Equal(["a.md"], Names("d/*.md"));
        Assert.Equal(["a.md", "sub/c.md", "sub/deep/e.md", "sub2/f.md"], Names("d/**/*.md"));
        Assert.Equal(["sub/c.md", "sub2/f.md"], Names("d/sub*/*.md"));
    }

    [Fact]
    public void A_file_reached_twice_is_read_once()
    {
        Write("d/a.md", "d/b.md");
        Assert.Equal(["a.md", "b.md"], Names("d", "d/*.md", "d/../d/a.md"));
    }

    [Fact]
    public void A_folder_that_links_to_its_parent_is_not_walked_for_ever()
    {
        Write("d/a.txt", "d/sub/b.txt");
        Directory.CreateSymbolicLink(_folder.At("d/sub/loop"), _folder.At("d"));
        Assert.Equal(["a.txt", "sub/b.txt"], Names("d"));
    }

    [Fact]
    public void Other_formats_in_a_folder_are_counted_in_a_notice()
    {
        Write("d/a.txt", "d/b.pdf", "d/c.PDF", "d/d.tar.gz", "d/Makefile");
        DocumentNotice notice = Assert.Single(DocumentFinder.Find([_folder.At("d")]).Notices);
        Assert.Equal(NoticeReason.UnsupportedFiles, notice.Reason);
        Assert.EndsWith("d: 4 files in other formats left aside (.pdf 2, .tar.gz 1, no extension 1)", notice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_that_hold_nothing_to_read_are_errors_that_say_so()
    {
        Directory.CreateDirectory(_folder.At("empty"));
        Write("other/a.pdf", "other/b.png", "d/a.txt");

        Assert.Equal("empty: the folder holds no files", _folder.Error(null, "empty"));
        Assert.Equal(
            "other: none of its 2 files can be read (.pdf 1, .png 1); Bonito reads .txt, .md, .jsonl, .json and .csv, each also with .gz",
            _folder.Error(null, "d", "other"));
        Assert.StartsWith("other/a.pdf: Bonito does not read .pdf files; it reads .txt", _folder.Error(null, "other/a.pdf"), StringComparison.Ordinal);
        Assert.Equal("gone: there is no such file or folder (globs may use * and **)", _folder.Error(null, "gone"));
        Assert.Equal("d/*.md: no file matches the glob", _folder.Error(null, "d/*.md"));
        Assert.Equal("gone/*.md: there is no folder gone/", _folder.Error(null, "gone/*.md"));
        Assert.StartsWith("no input", Assert.Throws<BonitoException>(() => DocumentFinder.Find([])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_may_not_be_listed_is_named()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("permissions do not bind this user");
            return;
        }

        Write("d/a.txt", "d/sub/b.txt");
        File.SetUnixFileMode(_folder.At("d/sub"), UnixFileMode.None);
        string error = _folder.Error(null, "d");
        File.SetUnixFileMode(_folder.At("d/sub"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.StartsWith("d/sub: the folder cannot be listed", error, StringComparison.Ordinal);
    }
}
