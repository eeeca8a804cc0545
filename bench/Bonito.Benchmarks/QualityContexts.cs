using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Bonito.Documents;

namespace Bonito.Benchmarks;

/// <summary>Passages of one evaluation set.</summary>
sealed record QualitySet(string Name, IReadOnlyList<Context> Contexts);

/// <summary>
/// The passages that generators are compared on: always the same, since models differ in their tokenizers and would cut the documents
/// differently. <c>quality-contexts.tsv</c> lists set, document, index, start and end in it, and the id of the context, which is made
/// from document, index and text, so that other data are noticed. The texts themselves are not ours to publish.
/// </summary>
static class QualityContexts
{
    const string List = "quality-contexts.tsv";

    /// <param name="folder">Holds the evaluation sets.</param>
    /// <param name="count">Passages of each set, from its first; fewer where the list has fewer.</param>
    /// <exception cref="BonitoException">A document is missing, or differs from the one that the list was made with.</exception>
    public static IReadOnlyList<QualitySet> Load(string folder, int count) =>
        [.. Listed().GroupBy(place => place.Set).Select(set =>
        {
            Dictionary<string, string> texts = Documents(folder, set.Key);
            return new QualitySet(set.Key, [.. set.Take(count).Select(place => place.Read(texts))]);
        })];

    static IEnumerable<Place> Listed()
    {
        using StreamReader reader = new(typeof(QualityContexts).Assembly.GetManifestResourceStream(List)!);
        while (reader.ReadLine() is { } line)
        {
            string[] f = line.Split('\t');
            yield return new Place(f[0], f[1], Number(f[2]), Number(f[3]), Number(f[4]), f[5]);
        }

        static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);
    }

    static Dictionary<string, string> Documents(string folder, string set) => set switch
    {
        "PubMedQA" => Json(folder, "pubmedqa/ori_pqal.json.gz").EnumerateObject()
            .ToDictionary(p => p.Name, p => string.Join(' ', p.Value.GetProperty("CONTEXTS").EnumerateArray().Select(c => c.GetString()))),
        "ContractNLI" => Json(folder, "contract_nli/dev.json.gz").GetProperty("documents").EnumerateArray()
            .ToDictionary(d => d.GetProperty("file_name").GetString()!, d => d.GetProperty("text").GetString()!),
        "SQuADShifts Amazon" => Json(folder, "squadshifts/amazon_reviews_v1.0.json.gz").GetProperty("data").EnumerateArray()
            .SelectMany(a => a.GetProperty("paragraphs").EnumerateArray())
            .Select((p, i) => (Name: $"review {i}", Text: p.GetProperty("context").GetString()!)).ToDictionary(d => d.Name, d => d.Text),
        _ => throw new BonitoException($"{List} names the set '{set}', which is not known here."),
    };

    static JsonElement Json(string folder, string file)
    {
        string path = Path.Combine(folder, file);
        if (!File.Exists(path)) throw new BonitoException($"There is no {path}. The folder of evaluation sets must hold it.");
        using GZipStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    sealed record Place(string Set, string Document, int Index, int Start, int End, string Id)
    {
        public Context Read(Dictionary<string, string> texts)
        {
            if (!texts.TryGetValue(Document, out string? text)) throw new BonitoException($"{Set} has no document '{Document}', which {List} names. Use the data that the list was made with.");
            if (End > text.Length) throw new BonitoException($"Document '{Document}' of {Set} has {text.Length} characters; {List} names a passage that ends at {End}. Use the data that the list was made with.");
            Context context = new(Document, Index, Start, End, text[Start..End].Trim());
            if (context.Id != Id) throw new BonitoException($"The passage of document '{Document}' of {Set} from {Start} to {End} has id {context.Id}, in {List} it is {Id}. Use the data that the list was made with.");
            return context;
        }
    }
}
