using System.Globalization;
using System.Xml.Linq;

namespace Balsam.Reports.Tests;

/// <summary>Reads what was drawn back as XML.</summary>
internal static class Drawing
{
    public static XElement Of(Action<Markup> draw)
    {
        using var text = new StringWriter();
        draw(new Markup(text));
        return XElement.Parse(text.ToString());
    }

    public static double Number(this XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    public static string Class(this XElement element) => element.Attribute("class")?.Value ?? "";

    public static XElement[] WithClass(this XElement root, string element, string name) =>
        [.. root.Descendants(element).Where(each => each.Class().Split(' ').Contains(name))];
}
