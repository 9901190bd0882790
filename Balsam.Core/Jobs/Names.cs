using System.Globalization;

namespace Balsam;

/// <summary>The one rule for names that stand in stores, paths and command lines.</summary>
internal static class Names
{
    public static string Checked(string? value, int longest, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        if (value.Length > longest || !char.IsAsciiLetterOrDigit(value[0]) || value.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"'{value}' is not a {what}: 1 to {longest} letters, digits, '-', '_' or '.', beginning with a letter or digit."),
                nameof(value));
        }

        return value;
    }
}
