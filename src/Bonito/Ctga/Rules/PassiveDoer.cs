namespace Bonito.Ctga.Rules;

/// <summary>A passive predicate with a named doer: "was designed [Before] by [Doer] [After]".</summary>
internal sealed record PassiveDoer(Verb Verb, Token[] Doer, SpanKind Kind, Token[] Before, Token[] After)
{
    const int FurthestBy = 4;

    public static PassiveDoer? Find(Clause clause)
    {
        if (!clause.IsPassive || clause.Finite.Lower is not ("was" or "were")) return null;
        Token[] rest = clause.Rest;
        int at = clause.VerbAt;
        if (!Verbs.TryFind(rest[at].Lower, out Verb verb, out _) || !Verbs.Agentive.Contains(verb.Base)) return null;
        int by = Array.FindIndex(rest, at, t => t.Is("by"));
        if (by < 0 || by > at + FurthestBy || by + 1 >= rest.Length || !Names.TryRead(rest, by + 1, out Span doer)) return null;
        if (doer.Kind is not (SpanKind.Person or SpanKind.Organisation or SpanKind.Name)) return null;
        if (doer.End < rest.Length && rest[doer.End].Lower is not ("in" or "on" or "at" or "for")) return null;
        return new PassiveDoer(verb, rest[doer.Start..doer.End], doer.Kind, rest[(at + 1)..by], rest[doer.End..]);
    }
}
