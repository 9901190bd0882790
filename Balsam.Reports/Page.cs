using System.Security.Cryptography;
using System.Text;
using Balsam.Reports.Sections;

namespace Balsam.Reports;

/// <summary>The page as a whole.</summary>
internal static class Page
{
    private static readonly string Style = Resource("report.css");
    private static readonly string Script = Resource("report.js");

    private static readonly Section[] Sections =
    [
        new("gantt", "Gantt chart", Gantt.Write),
        new("utilization", "Utilization", Utilization.Write),
        new("throughput", "Throughput", Throughput.Write),
        new("occupancy", "Jobs by state", Occupancy.Write),
        new("durations", "Queue wait and run time", Durations.Write),
        new("failures", "Failures", Failures.Write),
        new("graph", "Graph", Graph.Write),
        new("jobs", "Jobs", JobTable.Write),
    ];

    public static void Write(Markup page, Report report)
    {
        page.Declare("html").Open("html", ("lang", "en")).Open("head")
            .Void("meta", ("charset", "utf-8"))
            .Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'"))
            .Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Element("title", report.Options.Title)
            .Verbatim("style", Style)
            .Close();
        page.Open("body").Element("h1", report.Options.Title);
        if (report.Analysis.Jobs.Count == 0)
        {
            page.Element("p", "No job meets the query.");
        }
        else
        {
            WriteSections(page, report);
        }

        page.Element("footer", $"Written by Balsam; the analysis reaches to {Words.Instant(report.Analysis.To)}.");
        page.Verbatim("script", Script).Close().Close();
    }

    private static void WriteSections(Markup page, Report report)
    {
        page.Element("p", $"{report.Since} to {Words.Instant(report.Analysis.To)}, {Words.Duration(report.Analysis.To - report.Analysis.From)}", ("class", "soft"));
        Summary.Write(page, report);
        page.Open("nav");
        foreach (Section section in Sections)
        {
            page.Element("a", section.Title, ("href", $"#{section.Id}"));
        }

        page.Close();
        foreach (Section section in Sections)
        {
            page.Open("section", ("id", section.Id)).Element("h2", section.Title);
            section.Write(page, report);
            page.Close();
        }
    }

    // The page allows no style and no script but its own, named by their hashes; and it may load nothing.
    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(Page).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
