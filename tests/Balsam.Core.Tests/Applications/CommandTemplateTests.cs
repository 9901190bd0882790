namespace Balsam.Core.Tests.Applications;

public sealed class CommandTemplateTests
{
    [TestCase("'{{ x }}'", "inside quotes")]
    [TestCase("\"{{ x }}\"", "inside quotes")]
    [TestCase("echo \"a '{{ x }}'\"", "inside quotes")]
    [TestCase("\"$(echo \"{{ x }}\")\"", "inside quotes")]
    [TestCase("\"$(echo 1) {{ x }}\"", "inside quotes")]
    [TestCase("\"$((1)) {{ x }}\"", "inside quotes")]
    [TestCase("\"${y} {{ x }}\"", "inside quotes")]
    [TestCase("\"$$(\" \"{{ x }}", "inside quotes")]
    [TestCase("echo \\{{ x }}", "backslash")]
    [TestCase("# {{ x }}", "comment")]
    [TestCase("a;#{{ x }}", "comment")]
    [TestCase("$(echo # {{ x }}\n)", "comment")]
    [TestCase("`echo {{ x }}`", "backquotes")]
    [TestCase("\"`echo {{ x }}`\"", "backquotes")]
    [TestCase("`a '` '` {{ x }}", "backquotes")]
    [TestCase("cat <<EOF\n{{ x }}\nEOF", "'<<'")]
    [TestCase("cat <\\\n<EOF\n{{ x }}\nEOF", "'<<'")]
    [TestCase("cat <<<{{ x }}", "'<<'")]
    [TestCase("((cat <<EOF))\n{{ x }}", "'<<'")]
    [TestCase("echo $(( {{ x }} ))", "arithmetic")]
    [TestCase("echo $(( (2*(1)) + {{ x }} ))", "arithmetic")]
    [TestCase("(( {{ x }} ))", "arithmetic")]
    [TestCase("echo $((a) {{ x }})", "'))'")]
    [TestCase("echo $[ {{ x }} ]", "$[ ]")]
    [TestCase("echo ${{ x }}", "'$'")]
    [TestCase("echo $\\\n{{ x }}", "backslash")]
    [TestCase("echo ${y:-{{ x }} }", "${ }")]
    [TestCase("\"${y:-\"{{ x }}\"}\"", "${ }")]
    [TestCase("a[{{ x }}]=1", "inside [ ]")]
    [TestCase("a[b[0]+{{ x }}]=1", "inside [ ]")]
    [TestCase("a=([{{ x }}]=1)", "inside [ ]")]
    [TestCase("a[ {{ x }} ]=1", "a blank")]
    [TestCase("a[;\n{{ x }}]=1", "a blank")]
    [TestCase("[[ 1 -eq {{ x }} ]]", "[[ ]]")]
    [TestCase("echo $'\\'' ' {{ x }}", "$'…'")]
    [TestCase("\"$(case a in a) echo \"{{ x }}\" ;; esac)\"", "'case'")]
    [TestCase("\"$(\\\n(1)) {{ x }}\"", "backslash")]
    [TestCase("prog {{ x }}#{{ y }}", "'#'")]
    [TestCase("\"$({{ x }}(1)) {{ y }}\"", "arithmetic")]
    [TestCase("echo a\u00a0#'\n {{ x }}", "white space")]
    public void New_PlaceholderWhereQuotingCannotProtect_IsRefusedSayingWhy(string text, string reason)
    {
        FormatException refused = Assert.Throws<FormatException>(() => _ = new CommandTemplate(text))!;
        Assert.That(refused.Message, Does.Contain(reason).And.Contain(text).And.Contain("at character"));
    }

    [TestCase("foo\\\n#' {{ x }}", "inside quotes", Description = "A line end that is escaped begins no comment.")]
    [TestCase("foo\\ #'\n {{ x }}", "inside quotes", Description = "An escaped blank begins no comment.")]
    public void New_WhatOnlyLooksLikeAComment_IsReadAsTheShellDoes(string text, string reason) =>
        Assert.That(() => new CommandTemplate(text), Throws.TypeOf<FormatException>().With.Message.Contains(reason));

    [TestCase("{{")]
    [TestCase("{{ }}")]
    [TestCase("{{ a b }}")]
    [TestCase("{{ a-b }}")]
    [TestCase("{{ 1a }}")]
    [TestCase("{{ a | upper }}")]
    [TestCase("{{ a.b }}")]
    [TestCase("{{ a }")]
    [TestCase("{{{ a }}}")]
    [TestCase("{{ ä }}")]
    public void New_MalformedPlaceholder_IsRefusedSayingHowToWriteOne(string placeholder)
    {
        FormatException refused = Assert.Throws<FormatException>(() => _ = new CommandTemplate("prog " + placeholder))!;
        Assert.That(refused.Message, Does.Contain("at character 6").And.Contain("{{ name }}"));
    }

    [TestCase("")]
    [TestCase("  ")]
    public void New_Nothing_IsAnArgumentMistake(string text) => Assert.That(() => new CommandTemplate(text), Throws.ArgumentException);

    [Test]
    public void Names_RepeatedAndSpacedDifferently_AreEachOnceInOrder() =>
        Assert.That(new CommandTemplate("p {{b}} {{ a }} {{\ta\n}} {{ _c1 }}").Names, Is.EqualTo(new[] { "b", "a", "_c1" }));

    [TestCase("\"plain-1.0_x/y:z@%+\"", ExpectedResult = "p plain-1.0_x/y:z@%+ e")]
    [TestCase("\"\"", ExpectedResult = "p '' e")]
    [TestCase("null", ExpectedResult = "p '' e")]
    [TestCase("\"it's\"", ExpectedResult = "p 'it'\\''s' e")]
    [TestCase("\"~\"", ExpectedResult = "p '~' e")]
    [TestCase("\"a=b\"", ExpectedResult = "p 'a=b' e")]
    [TestCase("\"a b\"", ExpectedResult = "p 'a b' e")]
    [TestCase("1.50", ExpectedResult = "p 1.50 e")]
    [TestCase("-1e-9", ExpectedResult = "p -1e-9 e")]
    [TestCase("true", ExpectedResult = "p true e")]
    [TestCase("[]", ExpectedResult = "p  e")]
    [TestCase("[\"a b\",1,null,\"\",[2]]", ExpectedResult = "p 'a b' 1 null '' '[2]' e")]
    [TestCase("{\"a\":\"it's\"}", ExpectedResult = "p '{\"a\":\"it'\\''s\"}' e")]
    public string Render_EachKindOfValue_BecomesWords(string json) => new CommandTemplate("p {{ x }} e").Render(JobData.Parse($$"""{"x":{{json}}}"""));

    [Test]
    public void Render_NameWithoutValue_SaysWhichThereAre()
    {
        var template = new CommandTemplate("p {{ x }}");
        KeyNotFoundException missing = Assert.Throws<KeyNotFoundException>(() => template.Render(JobData.Parse("""{"y":1,"z":2}""")))!;
        Assert.That(missing.Message, Does.Contain("{{ x }}").And.Contain("y, z"));
        Assert.That(() => template.Render(JobData.Empty), Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("nothing"));
    }

    [TestCase("""{"x":"a\u0000b"}""")]
    [TestCase("""{"x":["a","\u0000"]}""")]
    public void Render_Nul_IsRefusedNamingTheParameter(string json) =>
        Assert.That(() => new CommandTemplate("p {{ x }}").Render(JobData.Parse(json)), Throws.TypeOf<FormatException>().With.Message.Contains("'x'").And.Message.Contains("NUL"));

    [TestCase("""{"x":"a\ud800b"}""")]
    [TestCase("""{"x":["\udc00"]}""")]
    public void Render_InvalidUnicode_IsRefusedNamingTheParameter(string json) =>
        Assert.That(() => new CommandTemplate("p {{ x }}").Render(JobData.Restore(json)), Throws.TypeOf<FormatException>().With.Message.Contains("'x'").And.Message.Contains("Unicode"));

    [Test]
    public void Render_TextWithoutPlaceholders_IsAsWritten() => Assert.That(new CommandTemplate("awk '{print $1}' <<X\n{ {a} }\nX").Render(JobData.Empty), Is.EqualTo("awk '{print $1}' <<X\n{ {a} }\nX"));
}
