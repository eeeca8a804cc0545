namespace Bonito.Documents;

/// <summary>Something in the inputs that did not become a document, or was read on an assumption; never an error.</summary>
/// <param name="Subject">The document, file, folder or glob that it is about.</param>
/// <param name="Reason">What kind of notice it is, for counting.</param>
/// <param name="Message">The whole notice in one sentence, with its subject.</param>
public sealed record DocumentNotice(string Subject, NoticeReason Reason, string Message);

public enum NoticeReason
{
    /// <summary>A folder or glob holds files in formats that Bonito does not read; one notice counts them.</summary>
    UnsupportedFiles,

    /// <summary>A file of no bytes, or of no rows.</summary>
    EmptyFile,

    /// <summary>A document of nothing but white space, or a row whose column is empty or null.</summary>
    BlankText,

    /// <summary>The file is neither UTF-8 nor UTF-16 and was read as Windows-1252.</summary>
    AssumedEncoding,
}
