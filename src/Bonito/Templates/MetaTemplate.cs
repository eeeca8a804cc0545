using System.Text;
using System.Text.RegularExpressions;
using Bonito.Tasks;

namespace Bonito.Templates;

/// <summary>
/// A prompt template remixed for the generator: the passage stays outside (its place is the literal
/// <c>{{context}}</c>), the instruction and the answer are what the generator shall write.
/// The format is documented at the head of <c>meta-templates.yaml</c>.
/// </summary>
public sealed partial class MetaTemplate
{
    readonly IReadOnlyList<Piece> _input;
    readonly IReadOnlyList<Piece> _output;
    readonly IReadOnlyDictionary<string, string>? _labelWords;

    /// <param name="name">Unique name within the library.</param>
    /// <param name="taskType">The task type whose rows it renders.</param>
    /// <param name="input">Task input with <c>{{role}}</c> and <c>{{role:view}}</c> placeholders.</param>
    /// <param name="output">Task output, likewise.</param>
    /// <param name="labelWords">The word to write for each value of the role <c>label</c>; null writes the value itself.</param>
    /// <exception cref="BonitoException">A placeholder names an unknown role or view.</exception>
    public MetaTemplate(
        string name, TaskType taskType, string input, string output, IReadOnlyDictionary<string, string>? labelWords = null)
    {
        (Name, TaskType, _labelWords) = (name, taskType, labelWords);
        _input = Parse(input);
        _output = Parse(output);
        RolesUsed = [.. _input.Concat(_output).Where(p => p.Role is not null).Select(p => p.Role!).Distinct()];
    }

    public string Name { get; }

    public TaskType TaskType { get; }

    /// <summary>The roles a row must have, without <c>context</c>, which every row has.</summary>
    public IReadOnlyList<string> RolesUsed { get; }

    /// <summary>Whether a row has all that the template asks for: its roles, a word for its label, a letter for its answer.</summary>
    public bool Fits(IReadOnlyDictionary<string, string> roles) =>
        RolesUsed.All(role => roles.TryGetValue(role, out string? value) && value.Length > 0)
        && (_labelWords is null || !RolesUsed.Contains(Roles.Label) || _labelWords.ContainsKey(roles[Roles.Label]))
        && _input.Concat(_output).All(p => p.View != View.Letter || LetterOf(roles[p.Role!], roles) is not null);

    /// <summary>
    /// The task input and output for a row that <see cref="Fits"/>. Values are inserted as they are:
    /// braces inside a value are never read as a placeholder.
    /// </summary>
    public (string Input, string Output) Render(IReadOnlyDictionary<string, string> roles) =>
        (Render(_input, roles), Render(_output, roles));

    string Render(IReadOnlyList<Piece> pieces, IReadOnlyDictionary<string, string> roles)
    {
        var text = new StringBuilder();
        foreach (Piece piece in pieces)
        {
            if (piece.Role is null) text.Append(piece.Literal);
            else text.Append(Show(piece, roles));
        }
        return text.ToString().Trim();
    }

    string Show(Piece piece, IReadOnlyDictionary<string, string> roles)
    {
        string value = roles[piece.Role!];
        if (piece.Role == Roles.Label && _labelWords is not null) value = _labelWords[value];
        return piece.View switch
        {
            View.Plain => value,
            View.Letter => LetterOf(value, roles)!,
            View.Bullets => string.Join('\n', Roles.Items(value).Select(item => "- " + item)),
            View.Letters => string.Join('\n', Roles.Items(value).Select((item, i) => $"{Letter(i)}. {item}")),
            View.Comma => string.Join(", ", Roles.Items(value)),
            View.Or => Or(Roles.Items(value)),
            _ => throw new InvalidOperationException($"No rendering for the view {piece.View}."),
        };
    }

    static string Or(string[] items) =>
        items.Length < 2 ? string.Concat(items) : $"{string.Join(", ", items[..^1])} or {items[^1]}";

    static string? LetterOf(string value, IReadOnlyDictionary<string, string> roles)
    {
        if (!roles.TryGetValue(Roles.Choices, out string? choices)) return null;
        int index = Array.IndexOf(Roles.Items(choices), value);
        return index is < 0 or > 25 ? null : Letter(index);
    }

    static string Letter(int index) => ((char)('A' + index)).ToString();

    List<Piece> Parse(string text)
    {
        var pieces = new List<Piece>();
        int end = 0;
        foreach (Match match in Placeholder().Matches(text))
        {
            pieces.Add(new Piece(text[end..match.Index], null, View.Plain));
            end = match.Index + match.Length;
            string role = match.Groups[1].Value;
            string view = match.Groups[2].Success ? match.Groups[2].Value : "plain";
            if (role == Roles.Context && view == "plain")
            {
                pieces.Add(new Piece(match.Value, null, View.Plain));
                continue;
            }
            if (role == Roles.Context || !Roles.All.Contains(role))
            {
                throw new BonitoException(
                    $"template '{Name}': unknown role in '{match.Value}'; known roles: {string.Join(", ", Roles.All)}.");
            }
            pieces.Add(new Piece("", role, view switch
            {
                "plain" => View.Plain,
                "bullets" => View.Bullets,
                "letters" => View.Letters,
                "comma" => View.Comma,
                "or" => View.Or,
                "letter" => View.Letter,
                _ => throw new BonitoException(
                    $"template '{Name}': unknown view in '{match.Value}'; known views: bullets, letters, comma, or, letter."),
            }));
        }
        pieces.Add(new Piece(text[end..], null, View.Plain));
        return pieces;
    }

    [GeneratedRegex(@"\{\{\s*([^{}:]*?)\s*(?::\s*([^{}]*?)\s*)?\}\}")]
    private static partial Regex Placeholder();

    enum View { Plain, Bullets, Letters, Comma, Or, Letter }

    readonly record struct Piece(string Literal, string? Role, View View);
}
