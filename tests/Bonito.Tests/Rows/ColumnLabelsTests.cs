using Bonito.Rows;

namespace Bonito.Tests.Rows;

public sealed class ColumnLabelsTests
{
    static readonly ColumnLabels Labels = new(["no", "yes", "2"]);

    public static TheoryData<object?, int?, string?> Cases() => new()
    {
        { 1L, 1, "yes" }, { "1", 1, "yes" }, { "yes", 1, "yes" }, { 0.0, 0, "no" }, { true, 1, "yes" }, { "2", 2, "2" },
        { -1L, null, null }, { 3L, null, null }, { "-1", null, null }, { "Yes", null, null }, { 0.5, null, null }, { null, null, null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Numbers_and_names_stand_for_each_other(object? label, int? number, string? name)
    {
        Assert.Equal(number, Labels.Number(label));
        Assert.Equal(name, Labels.Name(label));
    }
}
