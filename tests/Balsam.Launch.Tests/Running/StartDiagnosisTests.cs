using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

[Platform("Linux")]
public sealed class StartDiagnosisTests
{
    [TestCase(Errno.NoSpace, "No space left on device. Free some space")]
    [TestCase(Errno.Quota, "quota exceeded. Free some space or raise the quota")]
    [TestCase(Errno.ProcessFilesFull, "Raise 'ulimit -n'")]
    [TestCase(Errno.AccessDenied, "Permission denied. See that the account may write there.")]
    public void Output_ErrorNumber_SaysWhatToDo(int errno, string expected)
    {
        StartFailure failure = StartDiagnosis.Output(errno, "/site/7", "job.out");
        Assert.That(failure.Code, Is.EqualTo(errno));
        Assert.That(failure.Message, Does.StartWith("The output file 'job.out' in '/site/7' cannot be created").And.Contain(expected));
    }

    [TestCase(Errno.NoSpace, "Free some space")]
    [TestCase(Errno.AccessDenied, "Give the account write permission there")]
    [TestCase(Errno.NotDirectory, "a file where a directory is needed")]
    public void Workdir_ErrorNumber_SaysWhatToDo(int errno, string expected) =>
        Assert.That(StartDiagnosis.Workdir(errno, "/site/7").Message, Does.Contain("'/site/7'").And.Contain(expected));

    [TestCase(Errno.TryAgain, "Raise 'ulimit -u'")]
    [TestCase(Errno.NoMemory, "Cannot allocate memory")]
    public void Explain_ErrorNumber_SaysWhatToDo(int errno, string expected) =>
        Assert.That(StartDiagnosis.Explain(errno, "true", "/bin/true", "/tmp").Message, Does.Contain(expected));
}
