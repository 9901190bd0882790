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
}
