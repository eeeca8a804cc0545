using System.Collections.Frozen;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>The filters by name.</summary>
internal static class Filters
{
    static readonly FrozenDictionary<string, Function> Prompt = Table([.. TextFilters.All, .. ListFilters.All, .. SelectingFilters.All, .. NumberFilters.All, JsonFilter.Html, .. PromptFilters.All]);

    static readonly FrozenDictionary<string, Function> Chat = Table([.. TextFilters.All, .. ListFilters.All, .. SelectingFilters.All, .. NumberFilters.All, JsonFilter.Plain]);

    static FrozenDictionary<string, Function> Table(IEnumerable<Function> filters)
    {
        var table = filters.ToDictionary(f => f.Name);
        (string Alias, string Name)[] aliases = [("count", "length"), ("d", "default"), ("e", "escape")];
        foreach (var (alias, name) in aliases) table.Add(alias, table[name]);
        return table.ToFrozenDictionary();
    }

    static FrozenDictionary<string, Function> In(JinjaSyntax syntax) => syntax.IsChat ? Chat : Prompt;

    public static Function? Find(string name, JinjaSyntax syntax) => In(syntax).GetValueOrDefault(name);

    public static IEnumerable<string> NamesIn(JinjaSyntax syntax) => In(syntax).Keys.Order(StringComparer.Ordinal);
}
