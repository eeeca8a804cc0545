using System.Globalization;
using System.Text;

namespace Bonito.Tests.Recipes;

/// <summary>Documents for tests.</summary>
static class Passages
{
    static readonly string[] Sentences =
    [
        "The lighthouse was built on the northern cape in a dry summer.",
        "Its keeper wrote the weather down every evening, even when nothing had changed.",
        "Fishing boats came home by its light until the harbour got a radio mast.",
        "Today the lamp is lit once a year, for the village feast.",
        "Visitors may climb the ninety steps if the wind is weak.",
    ];

    /// <summary>A document of so many paragraphs, each different.</summary>
    public static string Document(int paragraphs, int seed)
    {
        Random random = new(seed);
        StringBuilder text = new();
        for (int p = 0; p < paragraphs; p++)
        {
            text.Append(CultureInfo.InvariantCulture, $"Note {seed}.{p}. ");
            for (int s = 0; s < 4; s++) text.Append(Sentences[random.Next(Sentences.Length)]).Append(' ');
            text.Append("\n\n");
        }
        return text.ToString();
    }
}
