using System.Text;

namespace Bonito.Documents;

/// <summary>
/// Reads documents, one after another, from <c>.txt</c>, <c>.md</c>, <c>.jsonl</c>, <c>.json</c> and <c>.csv</c> files,
/// each also gzipped. Encodings are detected. What is passed over is told as a notice, in the order of reading.
/// </summary>
public static class DocumentReader
{
    /// <summary>The documents of files, folders and globs, in the order of their names.</summary>
    /// <param name="inputs">Files, folders, globs with <c>*</c> and <c>**</c>.</param>
    /// <param name="contextColumn">
    /// The column of <c>.jsonl</c>, <c>.json</c> and <c>.csv</c> files that holds the documents. Null takes the one
    /// called text, context, document or content, if there is exactly one such column.
    /// </param>
    /// <param name="onNotice">Is told what did not become a document, and why.</param>
    /// <exception cref="BonitoException">
    /// At once: an input that is not there or holds nothing to read. While reading: a file that is binary, broken,
    /// unreadable, or lacks the column; or, at the end, no document in all of the inputs.
    /// </exception>
    public static IEnumerable<Document> Read(
        IReadOnlyList<string> inputs, string? contextColumn, Action<DocumentNotice> onNotice)
    {
        return Read(DocumentFinder.Find(inputs), contextColumn, onNotice);
    }

    /// <summary>The documents of files that were found before.</summary>
    /// <exception cref="BonitoException">As above, but for what finding them would throw.</exception>
    public static IEnumerable<Document> Read(FoundDocuments found, string? contextColumn, Action<DocumentNotice> onNotice)
    {
        if (contextColumn is not null && found.Files.All(f => f.Format == DocumentFormat.Text))
            throw new BonitoException($"the column '{contextColumn}' is asked for, but none of the files has columns (.jsonl, .json, .csv)");
        return ReadAll(found, contextColumn, onNotice);
    }

    static IEnumerable<Document> ReadAll(FoundDocuments found, string? contextColumn, Action<DocumentNotice> onNotice)
    {
        foreach (DocumentNotice notice in found.Notices) onNotice(notice);
        bool any = false;
        foreach (DocumentFile file in found.Files)
        {
            foreach (Document document in Read(file, contextColumn, onNotice))
            {
                any = true;
                yield return document;
            }
        }

        if (!any) throw new BonitoException($"no text in the inputs: {found.Files.Count} files read, all of them empty or blank");
    }

    /// <summary>The documents of one file: one, or one for each row.</summary>
    /// <exception cref="BonitoException">As for all inputs, but for a file without documents, which is a notice.</exception>
    public static IEnumerable<Document> Read(DocumentFile file, string? contextColumn, Action<DocumentNotice> onNotice)
    {
        Encoding? encoding = file.Reading(() => TextEncodings.Detect(file));
        if (encoding is null)
        {
            onNotice(new DocumentNotice(file.Name, NoticeReason.EmptyFile, $"{file.Path}: the file is empty"));
            yield break;
        }

        if (encoding == TextEncodings.Windows1252)
            onNotice(new DocumentNotice(file.Name, NoticeReason.AssumedEncoding, $"{file.Path}: neither UTF-8 nor UTF-16; read as Windows-1252"));

        TextReader Open() => new StreamReader(file.Open(), encoding, detectEncodingFromByteOrderMarks: true);
        if (file.Format == DocumentFormat.Text)
        {
            string text = file.Reading(() => All(Open));
            if (!string.IsNullOrWhiteSpace(text)) yield return new Document(file.Name, text);
            else onNotice(new DocumentNotice(file.Name, NoticeReason.BlankText, $"{file.Path}: nothing but white space"));
            yield break;
        }

        int rows = 0;
        foreach (Row row in Rows(file, contextColumn, Open))
        {
            rows++;
            string name = $"{file.Name}#{row.Number}";
            if (!string.IsNullOrWhiteSpace(row.Text)) yield return new Document(name, row.Text);
            else onNotice(new DocumentNotice(name, NoticeReason.BlankText, $"{file.Path}: row {row.Number} has no text"));
        }

        if (rows == 0) onNotice(new DocumentNotice(file.Name, NoticeReason.EmptyFile, $"{file.Path}: the file has no rows"));
    }

    static IEnumerable<Row> Rows(DocumentFile file, string? contextColumn, Func<TextReader> open)
    {
        switch (file.Format)
        {
            case DocumentFormat.Json:
                return new JsonRows(file, contextColumn).Values(file.Reading(() => All(open)));
            case DocumentFormat.Csv:
                return new CsvRows(file, contextColumn).Read(open);
            default:
                return Lines(file, contextColumn, open);
        }
    }

    static IEnumerable<Row> Lines(DocumentFile file, string? contextColumn, Func<TextReader> open)
    {
        using TextReader reader = file.Reading(open);
        foreach (Row row in new JsonRows(file, contextColumn).Lines(reader)) yield return row;
    }

    static string All(Func<TextReader> open)
    {
        using TextReader reader = open();
        return reader.ReadToEnd();
    }
}
