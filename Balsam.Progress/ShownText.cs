using System.Globalization;
using System.Text;

namespace Balsam;

/// <summary>Names and messages of jobs are anybody's: nothing in them may move the cursor, turn the reading direction, or break the line.</summary>
internal static class ShownText
{
    private const int ControlPictures = 0x2400;
    private const char DeletePicture = '\u2421';

    public static string Of(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            shown.Append(Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.Control when rune.Value < 0x20 => ((char)(ControlPictures + rune.Value)).ToString(),
                UnicodeCategory.Control when rune.Value == 0x7f => DeletePicture.ToString(),
                UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned => Rune.ReplacementChar.ToString(),
                _ => rune.ToString(),
            });
        }

        return shown.ToString();
    }
}
