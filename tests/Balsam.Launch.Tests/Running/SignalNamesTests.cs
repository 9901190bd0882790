using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

public sealed class SignalNamesTests
{
    [TestCase(9, "SIGKILL")]
    [TestCase(11, "SIGSEGV")]
    [TestCase(31, "SIGSYS")]
    [TestCase(36, "SIGRTMIN+2")]
    [TestCase(99, "signal 99")]
    public void Of_Number_GivesName(int number, string name) => Assert.That(SignalNames.Of(number), Is.EqualTo(name));
}
