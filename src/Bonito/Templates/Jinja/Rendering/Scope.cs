namespace Bonito.Templates.Jinja.Rendering;

/// <summary>
/// The variables of a body, found before anything runs, by the rules of Jinja2: which names the body sets, which it takes
/// from around it, and what each holds when the body is entered. That is why a name that is set further down can be
/// undefined above, whatever the row has in a column of that name.
/// </summary>
internal sealed class Scope
{
    readonly Scope? parent;
    readonly Layout layout;
    readonly Dictionary<string, int> slots;
    readonly Dictionary<string, Variable> references = [];
    readonly Dictionary<int, Entry> entries = [];
    readonly HashSet<string> stores = [];

    public Scope(Scope? parent, Layout layout) : this(parent, layout, []) { }

    Scope(Scope? parent, Layout layout, Dictionary<string, int> slots) => (this.parent, this.layout, this.slots) = (parent, layout, slots);

    /// <summary>What a variable holds when its scope is entered.</summary>
    /// <param name="Slot">The variable's slot.</param>
    /// <param name="Kind">Where the value comes from.</param>
    /// <param name="Name">For a value of the row or a global: its name.</param>
    /// <param name="Source">For a value from around the scope: the variable there.</param>
    public readonly record struct Entry(int Slot, EntryKind Kind, string? Name, Variable Source);

    public enum EntryKind { Parameter, Resolve, Alias, Undefined }

    public Layout Layout => layout;

    /// <summary>A scope within this one, in the same frame.</summary>
    public Scope Inner() => new(this, layout);

    /// <summary>A scope within this one, in a frame of its own.</summary>
    public Scope InnerFrame() => new(this, new Layout(layout));

    /// <summary>What has to be done when the scope is entered, and the slots that are empty again when it is left.</summary>
    public IEnumerable<Entry> Entries => entries.Values;

    public Variable? Find(string name) => references.TryGetValue(name, out Variable found) ? found : parent?.Find(name);

    /// <summary>The name is set in this scope.</summary>
    public void Store(string name)
    {
        stores.Add(name);
        if (references.ContainsKey(name)) return;
        if (parent?.Find(name) is { } outer) Define(name, EntryKind.Alias, outer);
        else Define(name, EntryKind.Undefined);
    }

    /// <summary>The name is set by whoever enters the scope.</summary>
    public int Declare(string name)
    {
        stores.Add(name);
        return Define(name, EntryKind.Parameter);
    }

    /// <summary>The name is read in this scope.</summary>
    public void Load(string name)
    {
        if (Find(name) is null) Define(name, EntryKind.Resolve);
    }

    int Define(string name, EntryKind kind, Variable source = default)
    {
        if (!slots.TryGetValue(name, out int slot)) slots.Add(name, slot = layout.Add());
        references[name] = new Variable(layout, slot);
        entries[slot] = new Entry(slot, kind, name, source);
        return slot;
    }

    /// <summary>A copy for one branch of an <c>if</c>, which shares the variables; see <see cref="Merge"/>.</summary>
    public Scope Branch()
    {
        Scope copy = new(parent, layout, slots);
        foreach (var (name, variable) in references) copy.references.Add(name, variable);
        foreach (var (slot, entry) in entries) copy.entries.Add(slot, entry);
        copy.stores.UnionWith(stores);
        return copy;
    }

    /// <summary>Takes over what branches found. A name that not all of them set keeps the value it has around the branches.</summary>
    public void Merge(params ReadOnlySpan<Scope> branches)
    {
        var counts = new Dictionary<string, int>();
        foreach (Scope branch in branches)
        {
            foreach (string name in branch.stores)
            {
                if (!stores.Contains(name)) counts[name] = counts.GetValueOrDefault(name) + 1;
            }
        }
        foreach (Scope branch in branches)
        {
            foreach (var (name, variable) in branch.references) references[name] = variable;
            foreach (var (slot, entry) in branch.entries) entries[slot] = entry;
            stores.UnionWith(branch.stores);
        }
        foreach (var (name, count) in counts)
        {
            if (count == branches.Length) continue;
            int slot = references[name].Slot;
            entries[slot] = parent?.Find(name) is { } outer
                ? new Entry(slot, EntryKind.Alias, name, outer)
                : new Entry(slot, EntryKind.Resolve, name, default);
        }
    }
}
