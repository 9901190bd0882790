using Balsam.Launch.Lifecycle;
using Balsam.Launch.Running;

namespace Balsam.Launch.Workdirs;

/// <summary>A directory of a workdir that is held open: what is done by name in it is done there, whatever becomes of its own name meanwhile. No link is followed.</summary>
internal abstract class HeldDirectory : IDisposable
{
    /// <summary>Opens a workdir.</summary>
    /// <returns>The directory; null when there is none, or a link on the way leads elsewhere.</returns>
    public static HeldDirectory? Open(SiteDirectory site, string workdir)
    {
        string path = site.Resolve(workdir);
        if (OperatingSystem.IsLinux())
        {
            int directory = ConfinedDirectory.Open(site.Bounds, path, make: null, out _, out _);
            return directory < 0 ? null : new DescriptorDirectory(directory, site.Access);
        }

        return LinkCheck.Find(site.Bounds, path) is null && Directory.Exists(path) ? new NamedDirectory(path, site.Access) : null;
    }

    /// <summary>What stands in the directory, in no order, as it is read.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public abstract IEnumerable<HeldEntry> List();

    /// <summary>Opens a directory in this one; null when the name is none.</summary>
    public abstract HeldDirectory? Enter(string name);

    /// <summary>Makes a directory in this one, unless it is there, and opens it.</summary>
    /// <returns>The directory; null when something else has the name.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public abstract HeldDirectory? Make(string name);

    /// <summary>Where a symbolic link leads; null when the name is none.</summary>
    public abstract string? TargetOf(string name);

    /// <summary>Makes a symbolic link.</summary>
    /// <returns>False when the name is taken.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public abstract bool TryLink(string name, string target);

    /// <summary>Removes a file, or a link itself; does nothing when it is gone.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public abstract void Remove(string name);

    /// <summary>Removes a directory if it is empty.</summary>
    /// <returns>Whether it is gone.</returns>
    public abstract bool TryRemoveDirectory(string name);

    public abstract void Dispose();
}
