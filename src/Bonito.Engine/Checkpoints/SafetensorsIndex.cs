namespace Bonito.Engine.Checkpoints;

/// <summary>The file <c>model.safetensors.index.json</c>, whose <c>weight_map</c> says which shard holds each tensor.</summary>
internal static class SafetensorsIndex
{
    /// <summary>The names of tensors with the file names of their shards, in the order of the file.</summary>
    /// <exception cref="EngineException">The file cannot be read, is no such index, or names a shard outside of its folder.</exception>
    public static IReadOnlyDictionary<string, string> Read(string file)
    {
        OrderedDictionary<string, string>? weights = null;
        var cursor = new JsonCursor(file, Load(file), 0);
        cursor.OpenObject("index");
        while (cursor.NextName(out string field))
        {
            if (field != "weight_map")
            {
                cursor.SkipValue();
                continue;
            }
            if (weights is not null) throw cursor.Duplicate("field", field);
            weights = new OrderedDictionary<string, string>(StringComparer.Ordinal);
            cursor.OpenObject(field);
            while (cursor.NextName(out string name))
            {
                string shard = cursor.String($"weight_map {ErrorText.Quote(name)}");
                if (!IsPlainFileName(shard))
                {
                    throw new EngineException($"{file}: weight_map {ErrorText.Quote(name)}: expected the name of a file beside the index, got {ErrorText.Quote(shard)}. "
                        + "Shards outside of the model's folder are refused.");
                }
                if (!weights.TryAdd(name, shard)) throw cursor.Duplicate("tensor", name);
            }
        }
        cursor.End();
        return weights ?? throw new EngineException($"{file}: expected a field 'weight_map', got none. {JsonCursor.Remedy}");
    }

    private static byte[] Load(string file)
    {
        try
        {
            long length = new FileInfo(file).Length;
            if (length > SafetensorsHeader.MaxJsonLength)
                throw new EngineException($"{file}: expected an index of at most {SafetensorsHeader.MaxJsonLength} bytes, got {length}. {JsonCursor.Remedy}");
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{file}: cannot be read: {e.Message.TrimEnd('.')}. Check that the file exists and may be read.", e);
        }
    }

    private static bool IsPlainFileName(string name) =>
        name is not ("" or "." or "..") && name.IndexOfAny(['/', '\\', ':', '\0']) < 0;
}
