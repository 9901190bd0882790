using System.Text.Json;

namespace Balsam.Core.Tests.Jobs;

public sealed class JobDataTests
{
    private sealed record Settings(string Name, double Tolerance, DayOfWeek Day, int[] Cells);

    [Test]
    public void From_ARecord_IsCamelCaseJsonAndIsReadBack()
    {
        JobData data = JobData.From(new Settings("ü \"x\"", double.NaN, DayOfWeek.Friday, [1, 2]));
        Assert.That(data.Json, Is.EqualTo("""{"name":"ü \"x\"","tolerance":"NaN","day":"Friday","cells":[1,2]}"""));
        Settings read = data.As<Settings>()!;
        Assert.That((read.Name, read.Tolerance, read.Day), Is.EqualTo(("ü \"x\"", double.NaN, DayOfWeek.Friday)));
        Assert.That(read.Cells, Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void Restore_TextThatIsNotJson_ThrowsWhenItIsReadOnly()
    {
        JobData damaged = JobData.Restore("{\"cells\":");
        Assert.That(damaged.Json, Is.EqualTo("{\"cells\":"));
        Assert.That(() => damaged.Root, Throws.InstanceOf<JsonException>());
    }

    [Test]
    public void Restore_JsonOfOtherData_EqualsThem()
    {
        JobData data = JobData.Empty.With("cells", 3).With("name", "x");
        Assert.That(JobData.Restore(data.Json), Is.EqualTo(data));
        Assert.That(JobData.Restore("""{ "name": "x", "cells": 3 }"""), Is.EqualTo(data));
        Assert.That(JobData.Restore("""{"name":"x","cells":4}"""), Is.Not.EqualTo(data));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NegativeInfinity)]
    [TestCase(-0.0)]
    [TestCase(double.Epsilon)]
    [TestCase(double.MaxValue)]
    public void With_AnyDouble_IsReadBackExactly(double value) =>
        Assert.That(BitConverter.DoubleToInt64Bits(JobData.Empty.With("x", value).Get<double>("x")), Is.EqualTo(BitConverter.DoubleToInt64Bits(value)));

    [Test]
    public void With_AndWithout_LeaveTheOriginalAlone()
    {
        JobData one = JobData.Empty.With("a", 1);
        JobData two = one.With("b", "x").With("a", 2);
        Assert.That((JobData.Empty.Json, one.Json, two.Json, two.Without("a").Json, two.Without("none").Json), Is.EqualTo(("{}", """{"a":1}""", """{"a":2,"b":"x"}""", """{"b":"x"}""", two.Json)));
        Assert.That(two.Names, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(JobData.Empty.IsEmpty && JobData.Parse("{}").IsEmpty && !one.IsEmpty, Is.True);
    }

    [Test]
    public void Get_OfWhatIsNotThere_ListsWhatIs()
    {
        Assert.That(() => JobData.Empty.With("a", 1).With("b", 2).Get<int>("c"), Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("'c'").And.Message.Contains("a, b"));
        Assert.That(() => JobData.Empty.Get<int>("c"), Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("none"));
        Assert.That(JobData.Empty.TryGet("c", out int _), Is.False);
        Assert.That(JobData.Parse("[1]").TryGet("c", out int _), Is.False);
        Assert.That(() => JobData.Empty.With("a", "text").Get<int>("a"), Throws.InstanceOf<JsonException>());
    }

    [TestCase("text", "'a' is \"text\", which cannot be read as int.")]
    [TestCase(null, "'a' is null, which cannot be read as int.")]
    public void Get_OfAnotherType_SaysWhatItIs(string? value, string message)
    {
        Assert.That(() => JobData.Empty.With("a", value).Get<int>("a"), Throws.TypeOf<JsonException>().With.Message.EqualTo(message));
        Assert.That(() => JobData.Empty.With("a", value).TryGet("a", out int _), Throws.TypeOf<JsonException>().With.Message.EqualTo(message));
    }

    [Test]
    public void As_AnotherType_SaysWhatTheValueIsAndWhere()
    {
        Assert.That(() => JobData.From(12).As<List<int?[]>>(), Throws.TypeOf<JsonException>().With.Message.EqualTo("The value is 12, which cannot be read as List<int?[]>."));
        Assert.That(
            () => JobData.Parse("""{"name":"n","tolerance":"tight"}""").As<Settings>(),
            Throws.TypeOf<JsonException>().With.Message.EqualTo("""The value is {"name":"n","tolerance":"tight"}, which cannot be read as Settings (at $.tolerance)."""));
    }

    [Test]
    public void Get_OfAnotherTypeAndLong_ShowsSixtyCharacters() => Assert.That(
        () => JobData.Empty.With("a", new string('x', 200)).Get<int>("a"),
        Throws.TypeOf<JsonException>().With.Message.EqualTo($"'a' is \"{new string('x', 58)}…, which cannot be read as int."));

    [Test]
    public void With_OnAnotherValueThanAnObject_IsRefused() => Assert.That(() => JobData.Parse("[1]").With("a", 1), Throws.InvalidOperationException.With.Message.Contains("[1]"));

    [TestCase("{")]
    [TestCase("")]
    [TestCase("{} {}")]
    [TestCase("NaN")]
    public void Parse_WhatIsNotJson_IsAJsonException(string text) => Assert.That(() => JobData.Parse(text), Throws.InstanceOf<JsonException>());

    [Test]
    public void Parse_InvalidUnicode_IsAJsonException() => Assert.That(() => JobData.Parse("\"" + '\ud800' + "\""), Throws.InstanceOf<JsonException>());

    [TestCase("{\"a\":1,\"b\":[1.0]}", "{ \"b\": [1], \"a\": 1 }", true)]
    [TestCase("{\"a\":1}", "{\"a\":2}", false)]
    [TestCase("[1,2]", "[2,1]", false)]
    [TestCase("null", "{}", false)]
    [TestCase("\"a\\u0062\"", "\"ab\"", true)]
    public void Equals_OfTwoTexts_ComparesValues(string left, string right, bool equal)
    {
        Assert.That(JobData.Parse(left).Equals(JobData.Parse(right)), Is.EqualTo(equal));
        Assert.That(!equal || JobData.Parse(left).GetHashCode() == JobData.Parse(right).GetHashCode(), Is.True);
    }

    [TestCase("{}", "{\"a\":1}", "{\"b\":2}", "{\"b\":2,\"a\":1}")]
    [TestCase("{\"a\":1}", "{}", "{\"a\":5,\"b\":2}", "{\"b\":2}")]
    [TestCase("{\"a\":1}", "{\"a\":[2]}", "{\"a\":5}", "{\"a\":[2]}")]
    [TestCase("{\"a\":1}", "{\"a\":1.0}", "{\"a\":5}", "{\"a\":5}")]
    [TestCase("{\"a\":1,\"b\":1}", "{\"a\":1,\"b\":null}", "{\"a\":7,\"b\":1,\"c\":3}", "{\"a\":7,\"b\":null,\"c\":3}")]
    public void WithChanges_OfTwoOthers_KeepsWhatTheyDoNotDifferIn(string from, string to, string latest, string expected) =>
        Assert.That(JobData.Parse(latest).WithChanges(JobData.Parse(from), JobData.Parse(to)), Is.EqualTo(JobData.Parse(expected)));
}
