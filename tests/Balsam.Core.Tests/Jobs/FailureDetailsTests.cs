namespace Balsam.Core.Tests.Jobs;

public sealed class FailureDetailsTests
{
    [Test]
    public void ToString_WithOutput_IsReadable() =>
        Assert.That(
            new FailureDetails { Kind = FailureKind.ExitCode, Message = "exit code 3", ExitCode = 3, LastLines = ["reading", "cannot read"] }.ToString(),
            Is.EqualTo($"ExitCode: exit code 3{Environment.NewLine}  reading{Environment.NewLine}  cannot read"));

    [Test]
    public void ToString_OfException_NamesItsType() =>
        Assert.That(FailureDetails.FromException(FailureKind.Exception, new InvalidOperationException("no")).ToString(), Is.EqualTo("Exception: System.InvalidOperationException: no"));

    [TestCase(16_000, 16_000)]
    [TestCase(16_001, 16_001)]
    [TestCase(20_000, 16_001)]
    public void FromException_OfALongMessage_CutsIt(int length, int kept)
    {
        string message = FailureDetails.FromException(FailureKind.Exception, new InvalidOperationException(new string('x', length))).Message;
        Assert.That(message, Has.Length.EqualTo(kept));
        Assert.That(message.EndsWith('…'), Is.EqualTo(length > 16_000));
    }

    [TestCase(3, 3)]
    [TestCase(8, 8)]
    [TestCase(9, 8)]
    public void FromException_OfNestedOnes_KeepsEight(int nested, int kept)
    {
        Exception exception = Enumerable.Range(0, nested).Aggregate(new InvalidOperationException("0"), static (inner, level) => new InvalidOperationException($"{level + 1}", inner));
        FailureDetails? details = FailureDetails.FromException(FailureKind.Exception, exception);
        List<string> messages = [];
        for (; details is not null; details = details.Inner)
        {
            messages.Add(details.Message);
        }

        Assert.That(messages, Is.EqualTo(Enumerable.Range(0, kept + 1).Select(level => $"{nested - level}")));
        Assert.That(() => FailureDetails.FromException(FailureKind.Exception, null!), Throws.ArgumentNullException);
    }

    [Test]
    public void Equals_EachFieldDifferent_DoesNotHold()
    {
        FailureDetails one = Some();
        FailureDetails[] others =
        [
            one with { Kind = FailureKind.Signal }, one with { Message = "other" }, one with { TypeName = "other" }, one with { Stack = "other" }, one with { ExitCode = 4 }, one with { Signal = 9 },
            one with { GuiltyAncestor = new JobId(8) }, one with { LastLines = ["one"] }, one with { Inner = null },
        ];
        Assert.That(Some(), Is.EqualTo(one));
        Assert.That(Some().GetHashCode(), Is.EqualTo(one.GetHashCode()));
        Assert.That(others, Has.None.EqualTo(one));
        Assert.That(one.Equals(null), Is.False);
    }

    private static FailureDetails Some() => new()
    {
        Kind = FailureKind.ExitCode, Message = "no", TypeName = "Type", Stack = "at", ExitCode = 3, Signal = 15, GuiltyAncestor = new JobId(7), LastLines = ["one", "two"],
        Inner = new FailureDetails { Kind = FailureKind.Exception, Message = "inside" },
    };
}
