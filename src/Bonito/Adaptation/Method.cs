namespace Bonito.Adaptation;

/// <summary>Which weights training changes.</summary>
public enum Method
{
    /// <summary>All of them.</summary>
    Full,

    /// <summary>Low-rank matrices beside the frozen weights.</summary>
    Lora,

    /// <summary>The same beside weights that are held in NF4.</summary>
    Qlora,
}

/// <summary>The names of methods.</summary>
public static class Methods
{
    /// <summary>As flags and <c>config.json</c> write it.</summary>
    public static string Name(this Method method) => method switch
    {
        Method.Full => "full",
        Method.Lora => "lora",
        _ => "qlora",
    };
}
