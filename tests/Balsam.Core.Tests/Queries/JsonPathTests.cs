using CsCheck;

namespace Balsam.Core.Tests.Queries;

public sealed class JsonPathTests
{
    private static readonly JobData Data = JobData.Parse("""{"energy":-2.5,"fit":{"points":[{"x":1},[7,8]]},"a.b":{"it's":3},"null":null}""");

    [TestCase("energy", "-2.5")]
    [TestCase("fit.points[0].x", "1")]
    [TestCase("fit.points[1][1]", "8")]
    [TestCase("['a.b']['it''s']", "3")]
    [TestCase("null", "null")]
    [TestCase("$", """{"energy":-2.5,"fit":{"points":[{"x":1},[7,8]]},"a.b":{"it's":3},"null":null}""")]
    [TestCase("$.energy", "-2.5")]
    [TestCase("$['a.b']", """{"it's":3}""")]
    [TestCase("$[0]", null)]
    [TestCase("$energy", null)]
    [TestCase("fit.points[2]", null)]
    [TestCase("fit[0]", null)]
    [TestCase("energy.x", null)]
    [TestCase("Energy", null)]
    public void TryFind_Path_GivesWhatIsThere(string path, string? expected)
    {
        bool found = JsonPath.Parse(path).TryFind(Data.Root, out System.Text.Json.JsonElement value);

        Assert.That(found ? value.GetRawText() : null, Is.EqualTo(expected));
    }

    [TestCase(".a")]
    [TestCase("$.")]
    [TestCase("$..a")]
    [TestCase("$.[0]")]
    [TestCase("$[0]b")]
    [TestCase("a..b")]
    [TestCase("a.")]
    [TestCase("a[")]
    [TestCase("a[x]")]
    [TestCase("a[-1]")]
    [TestCase("a['b")]
    [TestCase("a['b'")]
    [TestCase("a[0]b")]
    [TestCase("a.['b']")]
    public void Parse_Malformed_SaysWhere(string text) =>
        Assert.That(() => JsonPath.Parse(text), Throws.TypeOf<FormatException>().With.Message.Contains("at character"));

    [TestCase("$", "$")]
    [TestCase("$.a[0]", "a[0]")]
    [TestCase("['$'].a", "['$'].a")]
    [TestCase("$a", "$a")]
    public void ToString_Path_IsItsShortestForm(string text, string expected)
    {
        Assert.That(JsonPath.Parse(text).ToString(), Is.EqualTo(expected));
        Assert.That(JsonPath.Parse(expected), Is.EqualTo(JsonPath.Parse(text)));
    }

    [Test]
    public void JsonFilter_OfTheWholeValue_FindsAScalar()
    {
        Assert.That(new JsonFilter(JsonSource.Parameters, JsonPath.Parse("$"), Comparison.Equal, JobData.From(12)).Holds(JobData.From(12)), Is.True);
        Assert.That(new JsonFilter(JsonSource.Parameters, JsonPath.Parse("$"), Comparison.Equal, JobData.From(12)).Holds(JobData.From(13)), Is.False);
    }

    [Test]
    public void Parse_WhatToStringWrote_IsTheSamePath() => Gen.String.Where(name => name.Length > 0).Array[1, 4].Sample(names =>
    {
        string text = string.Concat(names.Select(name => $"['{name.Replace("'", "''", StringComparison.Ordinal)}']"));
        JsonPath path = JsonPath.Parse(text);
        return JsonPath.Parse(path.ToString()).Equals(path);
    });
}
