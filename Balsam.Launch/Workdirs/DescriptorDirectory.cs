using System.Globalization;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Balsam.Launch.Running;
using Balsam.Launch.Staging.Trees;

namespace Balsam.Launch.Workdirs;

/// <summary>A directory by its descriptor (Linux).</summary>
internal sealed class DescriptorDirectory(int descriptor, WorkdirAccess access) : HeldDirectory
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public override IEnumerable<HeldEntry> List()
    {
        int reading = LibC.OpenAt(descriptor, ".", LibC.OpenReadOnly | LibC.OpenDirectory | LibC.OpenCloseOnExec, 0);
        if (reading < 0)
        {
            throw Failure(Marshal.GetLastPInvokeError());
        }

        try
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{reading}");
            foreach (string name in new FileSystemEnumerable<string>(place, (ref FileSystemEntry entry) => entry.FileName.ToString(), Everything))
            {
                if (FileCalls.Look(descriptor, name, out FileFacts facts) == 0)
                {
                    yield return new HeldEntry(name, facts.Kind, facts.Size);
                }
            }
        }
        finally
        {
            _ = LibC.Close(reading);
        }
    }

    public override HeldDirectory? Enter(string name)
    {
        int below = LibC.OpenAt(descriptor, name, LibC.OpenPath | LibC.OpenDirectory | LibC.OpenNoFollow | LibC.OpenCloseOnExec, 0);
        return below < 0 ? null : new DescriptorDirectory(below, access);
    }

    public override HeldDirectory? Make(string name)
    {
        int made = LibC.MakeDirectoryAt(descriptor, name, (uint)AccessModes.ForDirectory(access));
        return made == 0 || Marshal.GetLastPInvokeError() is var errno && errno == Errno.Exists ? Enter(name) : throw Failure(errno);
    }

    public override string? TargetOf(string name) => FileCalls.ReadLink(descriptor, name);

    public override bool TryLink(string name, string target)
    {
        int made = FileCalls.SymlinkAt(target, descriptor, name);
        return made == 0 || (Marshal.GetLastPInvokeError() is var errno && errno == Errno.Exists ? false : throw Failure(errno));
    }

    public override void Remove(string name)
    {
        if (LibC.UnlinkAt(descriptor, name, 0) != 0 && Marshal.GetLastPInvokeError() is var errno and not Errno.NoEntry)
        {
            throw Failure(errno);
        }
    }

    public override bool TryRemoveDirectory(string name) => LibC.UnlinkAt(descriptor, name, LibC.RemoveDirectory) == 0;

    public override void Dispose() => _ = LibC.Close(descriptor);

    private static IOException Failure(int errno) => new(Errno.Text(errno), errno);
}
