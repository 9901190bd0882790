using System.Diagnostics;
using System.Runtime.Versioning;
using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>What an account may not do, tried as an account that may not do it: a process of another user. The superuser may do everything, so it proves nothing.</summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
internal sealed class PermissionTests
{
    private const int Nobody = 65534;
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF;
    private const UnixFileMode OthersSearch = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private TemporaryDirectory _directory = null!;
    private string _site = null!;
    private string _path = null!;

    [SetUp]
    public void MakeStore()
    {
        _directory = new TemporaryDirectory();
        _site = _directory["site"];
        File.SetUnixFileMode(Path.GetDirectoryName(_site)!, OthersSearch);
        Directory.CreateDirectory(_site);
        _path = Path.Combine(_site, "store.db");
        LiteDbFile.Open(_path).Dispose();
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Open_FileOfAnotherUser_IsRefusedWithWhatToDo()
    {
        File.SetUnixFileMode(_site, OthersSearch);

        Assert.That(OpenAsNobody(), Does.StartWith($"{StoreFileProblem.NoPermission}: The store file '{_path}'").And.Contain("Give this user the right"));
    }

    [Test]
    public void Open_DirectoryOfAnotherUser_IsRefusedWithWhatToDo()
    {
        File.SetUnixFileMode(_site, OwnerOnly);

        Assert.That(OpenAsNobody(), Does.StartWith($"{StoreFileProblem.NoPermission}: The store file '{_path}'").And.Contain("Give this user the right"));
    }

    [Test]
    public void Open_DirectoryThatMayNotBeWritten_IsRefusedWithWhatToDo()
    {
        // The file may be written, its log could not be made.
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);
        File.SetUnixFileMode(_site, OthersSearch);
        File.Delete(_path + "-lock");

        Assert.That(OpenAsNobody(), Does.StartWith($"{StoreFileProblem.NoPermission}: The store file '{_path}'").And.Contain("Give this user the right"));
    }

    [Test]
    public void Open_WithEveryPermission_Opens()
    {
        // The others prove nothing unless this account can open a store at all.
        File.SetUnixFileMode(_site, Everybody);
        File.SetUnixFileMode(_path, Everybody);
        File.SetUnixFileMode(_path + "-lock", Everybody);

        Assert.That(OpenAsNobody(), Is.EqualTo("open"));
    }

    private string OpenAsNobody()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Only the superuser can start a process of another user.");
        }

        using Process child = ChildProcess.OpenAs(Nobody, _path);
        string? said = child.StandardOutput.ReadLine();
        if (said is null)
        {
            Assert.Ignore($"The other user cannot start this program: {child.StandardError.ReadToEnd()}");
        }

        child.WaitForExit();
        return said!;
    }
}
