using System.Xml.Linq;
using Balsam.Reports.Charts;

namespace Balsam.Reports.Tests.Charts;

[TestFixture]
public sealed class ChartTests
{
    private static readonly Frame Frame = new() { Description = "what it shows", Seconds = 100, Since = "then", Values = (start, end) => Axis.Counts(10, start, end, "jobs") };

    [Test]
    public void StepChart_OfACurve_DrawsStepsAtTheirPlaces()
    {
        var x = Plot.Time(100);
        XElement svg = Drawing.Of(page => StepChart.Draw(page, Frame, [new Curve("busy", "busy", [(0, 0), (25, 8), (50, 2)])]));
        var y = Axis.Counts(10, 230, 30);
        string expected = FormattableString.Invariant($"M78 {y.At(0):0.##}H{x.At(25):0.##}V{y.At(8):0.##}H{x.At(50):0.##}V{y.At(2):0.##}H1086");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(svg.WithClass("path", "l").Single().Attribute("d")!.Value, Is.EqualTo(expected));
            Assert.That(svg.Attribute("aria-label")!.Value, Is.EqualTo("what it shows"));
            Assert.That(svg.Elements("text").Select(text => text.Value), Is.SupersetOf(new[] { "busy", "jobs", "seconds since then", "0", "50", "100" }));
        }
    }

    [Test]
    public void StepChart_OfAFilledAndABrokenCurve_DrawsBoth()
    {
        XElement svg = Drawing.Of(page => StepChart.Draw(page, Frame, [new Curve("a", "busy", [(0, 1)]) { IsFilled = true }, new Curve("b", "limit", [(0, 2)]) { IsDashed = true }]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(svg.WithClass("path", "s").Single().Attribute("d")!.Value, Does.EndWith("Z"));
            Assert.That(svg.WithClass("path", "dash"), Has.Length.EqualTo(1));
            Assert.That(svg.WithClass("line", "dash"), Has.Length.EqualTo(1), "the legend shows it broken, too");
        }
    }

    [Test]
    public void AreaChart_OfLayers_StacksThem()
    {
        XElement svg = Drawing.Of(page => AreaChart.Draw(page, Frame, [new Layer("below", "A", [1, 1, 3]), new Layer("above", "B", [2, 0, 0])]));
        var y = Axis.Counts(10, 230, 30);
        string Y(double value) => FormattableString.Invariant($"{y.At(value):0.##}");
        XElement[] paths = [.. svg.Descendants("path")];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(paths.Select(path => path.Element("title")!.Value), Is.EqualTo(new[] { "below", "above" }));
            Assert.That(paths[0].Attribute("d")!.Value, Is.EqualTo($"M78 {Y(1)}H1086V{Y(3)}H1086V{Y(0)}H78Z"));
            Assert.That(paths[1].Attribute("d")!.Value, Is.EqualTo($"M78 {Y(3)}H582V{Y(1)}H1086V{Y(3)}H1086V{Y(3)}H1086V{Y(1)}H78Z"));
        }
    }

    [Test]
    public void BarChart_OfValues_DrawsThoseThatAreNotZero()
    {
        XElement svg = Drawing.Of(page => BarChart.Draw(page, Frame, "A", [(0, 50, 5, "five"), (50, 100, 0, "none")]));
        XElement bar = svg.WithClass("rect", "A").Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bar.Element("title")!.Value, Is.EqualTo("five"));
            Assert.That(bar.Number("x"), Is.EqualTo(Plot.Left));
            Assert.That(bar.Number("width"), Is.EqualTo(((Plot.Right - Plot.Left) / 2) - 1));
            Assert.That(bar.Number("height"), Is.EqualTo(200 * 5 / 10.6).Within(0.01));
        }
    }

    [Test]
    public void StripChart_OfASpread_DrawsBoxMedianWhiskerAndLongest()
    {
        XElement svg = Drawing.Of(page => StripChart.Draw(page, "spreads", [new Strip("Relax", "busy", 0.01, 0.1, 1, 10, 10, "tip")]));
        XElement group = svg.WithClass("g", "strip").Single();
        XElement[] boxes = [.. group.Elements("rect")];
        double decade = (1076 - 250) / 3.0;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(boxes[0].Number("x"), Is.EqualTo(250));
            Assert.That(boxes[0].Number("width"), Is.EqualTo(2 * decade).Within(0.01));
            Assert.That(boxes[1].Number("x"), Is.EqualTo(250 + decade - 1.5).Within(0.01));
            Assert.That(group.Element("line")!.Number("x2"), Is.EqualTo(1076));
            Assert.That(group.Element("circle")!.Number("cx"), Is.EqualTo(1076));
            Assert.That(group.Element("title")!.Value, Is.EqualTo("tip"));
        }
    }

    [Test]
    public void StateBar_OfCounts_GivesEachStateItsShareAndNoneNothing()
    {
        XElement svg = Drawing.Of(page => StateBar.Draw(page, "states", [(JobState.JobFinished, 999_999), (JobState.Failed, 1)]));
        XElement[] parts = [.. svg.Elements("rect")];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(parts.Sum(part => part.Number("width")), Is.EqualTo(Plot.Width).Within(0.02));
            Assert.That(parts[1].Number("width"), Is.EqualTo(2), "one failure in a million is seen");
            Assert.That(parts[1].Element("title")!.Value, Is.EqualTo("FAILED 1"));
            Assert.That(svg.Elements("text").Select(text => text.Value), Is.EqualTo(new[] { "999,999" }));
        }
    }

    [Test]
    public void GanttChart_OfRuns_DrawsThemInTheirRowsAtTheirTimes()
    {
        GanttBar[] bars =
        [
            new(0, 0, 50, 2, "RUN_DONE", "first", "tip 1"), new(0, 25, 100, 1, "RUN_ERROR", "second", "tip 2"), new(1, 50, 100, 1, "RUN_DONE", "third", "tip 3"),
        ];
        XElement svg = Drawing.Of(page => GanttChart.Draw(page, "runs", 100, "then", GanttChart.Pack(["n1", "n2"], bars)));
        XElement[] drawn = svg.WithClass("rect", "bar");
        const double Lane = 22;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(drawn.Select(bar => bar.Element("title")!.Value), Is.EqualTo(new[] { "tip 1", "tip 2", "tip 3" }));
            Assert.That(drawn.Select(bar => bar.Number("x")), Is.EqualTo(new[] { 78.0, 330, 582 }));
            Assert.That(drawn.Select(bar => bar.Number("width")), Is.EqualTo(new[] { 504.0, 756, 504 }));
            Assert.That(drawn.Select(bar => bar.Number("y")), Is.EqualTo(new[] { 8.5, 8.5 + (2 * Lane), 16.5 + (3 * Lane) }));
            Assert.That(drawn.Select(bar => bar.Number("height")), Is.EqualTo(new[] { (2 * Lane) - 1, Lane - 1, Lane - 1 }));
            Assert.That(svg.Elements("text").Select(text => text.Value), Is.SupersetOf(new[] { "n1", "n2", "first", "second", "third" }));
        }
    }

    [Test]
    public void LoadChart_OfNodes_DrawsStretchesOfOneShadeAsOne()
    {
        double[] load = new double[LoadChart.Bins];
        Array.Fill(load, 1.0, 0, 100);
        Array.Fill(load, 0.1, 100, 50);
        bool[] errors = new bool[LoadChart.Bins];
        errors[249] = true;
        XElement svg = Drawing.Of(page => LoadChart.Draw(page, "load", 100, "then", [new LoadRow("n1", load, errors)]));
        double bin = (Plot.Right - Plot.Left) / LoadChart.Bins;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(svg.WithClass("rect", "load5").Single().Number("width"), Is.EqualTo(100 * bin).Within(0.01));
            Assert.That(svg.WithClass("rect", "load1").Single().Number("x"), Is.EqualTo(Plot.Left + (100 * bin)).Within(0.01));
            Assert.That(svg.WithClass("rect", "RUN_ERROR").Single().Number("x"), Is.EqualTo(Plot.Right - bin).Within(0.01));
        }
    }

    [Test]
    public void GraphChart_OfADiamond_DrawsColumnsFromLeftToRight()
    {
        GraphNode[] nodes = [.. new[] { 0, 1, 1, 2 }.Select((level, i) => new GraphNode($"job-{i}", level, [(JobState.JobFinished, 1)], $"tip {i}"))];
        XElement svg = Drawing.Of(page => GraphChart.Draw(page, "graph", nodes, [new(0, 1, 1), new(0, 2, 1), new(1, 3, 1), new(2, 3, 7)]));
        XElement[] boxes = svg.WithClass("rect", "box");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(boxes.Select(box => box.Number("x")), Is.Ordered.Ascending);
            Assert.That(boxes[1].Number("x"), Is.EqualTo(boxes[2].Number("x")));
            Assert.That(boxes[2].Number("y") - boxes[1].Number("y"), Is.GreaterThanOrEqualTo(boxes[1].Number("height")));
            Assert.That(boxes[0].Number("y"), Is.EqualTo(boxes[3].Number("y")).Within(0.01));
            Assert.That(svg.WithClass("path", "edge").Select(edge => edge.Element("title")!.Value), Is.EqualTo(new[] { "job-0 → job-1", "job-0 → job-2", "job-1 → job-3", "job-2 → job-3: 7 edges" }));
            Assert.That(svg.Descendants("text").Select(text => text.Value), Is.EqualTo(new[] { "job-0", "job-1", "job-2", "job-3" }));
        }
    }
}
