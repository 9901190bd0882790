namespace Balsam.Reports.Tests;

[TestFixture]
public sealed class MarkupTests
{
    [TestCase("<script>alert('1')</script>", "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;")]
    [TestCase("a \"b\" & c", "a &quot;b&quot; &amp; c")]
    [TestCase("line 1\nline 2\tend", "line 1\nline 2\tend")]
    [TestCase("bell \a, escape \u001b[31m, null \0, C1 \u0085", "bell \uFFFD, escape \uFFFD[31m, null \uFFFD, C1 \uFFFD")]
    [TestCase("turned \u202Egnp.exe", "turned \uFFFDgnp.exe")]
    [TestCase("not a character \uFFFE", "not a character \uFFFD")]
    [TestCase("энергия 能量 😀", "энергия 能量 😀")]
    public void Escape_OfText_LeavesNothingThatIsMarkupOrCannotBeShown(string text, string expected) => Assert.That(Markup.Escape(text), Is.EqualTo(expected));

    [Test]
    public void Escape_OfHalfAPair_ReplacesIt()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Markup.Escape("a\uD83Db"), Is.EqualTo("a\uFFFDb"));
            Assert.That(Markup.Escape("a\uDE00"), Is.EqualTo("a\uFFFD"));
        }
    }

    [Test]
    public void Open_WithAttributes_EscapesThemAndLeavesOutNull()
    {
        using var text = new StringWriter();
        new Markup(text).Open("p", ("title", "\"><script>"), ("class", null), ("x", 1.2345)).Close();
        Assert.That(text.ToString().TrimEnd('\n'), Is.EqualTo("""<p title="&quot;&gt;&lt;script&gt;" x="1.23"></p>"""));
    }
}
