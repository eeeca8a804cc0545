namespace Bonito.Rows.Arrow;

/// <summary>
/// Bytes that are not what the format says. It never leaves this folder: <see cref="ArrowRows"/>, which knows the file,
/// throws a <see cref="BonitoException"/> instead.
/// </summary>
sealed class ArrowFormatException(string message) : Exception(message);
