using System.Globalization;
using Balsam.Launch.Lifecycle;
using Balsam.Launch.Running;
using Balsam.Launch.Workdirs;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Staging;

/// <summary>Links files of one parent into the workdir of its child.</summary>
internal sealed class InputLinker(SiteDirectory site, Job job, Job parent, HeldDirectory own, WorkdirLog log)
{
    // Files come directory by directory: the last one is kept open.
    private Place? _last;

    /// <summary>Links what the patterns match.</summary>
    /// <returns>How many files are linked now.</returns>
    /// <exception cref="TransferException">A link cannot be made.</exception>
    public int Link(HeldDirectory theirs, FilePatterns patterns, CancellationToken cancellationToken)
    {
        // A workdir of ours that lies in the parent's holds our links, not its files.
        string? nested = job.Workdir.StartsWith(parent.Workdir + "/", StringComparison.Ordinal) ? job.Workdir[(parent.Workdir.Length + 1)..] : null;
        int linked = 0;
        int links = 0;
        try
        {
            foreach (WorkdirEntry entry in new WorkdirWalk(patterns, nested, problem => log.Write(LogLevel.Warning, $"Parent {parent.Id}: {problem}")).Go(theirs, cancellationToken))
            {
                links += entry.Kind == FileEntryKind.Link ? 1 : 0;
                if (entry.Kind == FileEntryKind.File)
                {
                    Link(entry.Path);
                    linked++;
                }
            }
        }
        catch (IOException exception)
        {
            throw new TransferException(
                $"Files of parent {parent.Id} ('{parent.Workdir}') cannot be linked into '{job.Workdir}': {exception.Message.TrimEnd('.')}. See that there is space and that the account may write there, then restart the job.",
                exception.HResult is Errno.NoSpace or Errno.Quota or Errno.SystemFilesFull or Errno.ProcessFilesFull or Errno.NoMemory, exception);
        }
        finally
        {
            _last?.Directory.Dispose();
        }

        if (links > 0)
        {
            log.Write(LogLevel.Information, FormattableString.Invariant($"Parent {parent.Id}: {links} symbolic links match, and are not passed on; name the job that the files come from as a parent."));
        }

        return linked;
    }

    private void Link(string path)
    {
        int slash = path.LastIndexOf('/');
        Place place = slash < 0 ? new Place("", own, "") : Find(path[..slash]);
        string target = TargetOf(path, place);
        string wanted = path[(slash + 1)..];
        for (string name = wanted; ; name = WithParent(name))
        {
            if (FilePatterns.IsWritten(place.Join(name)))
            {
                continue;
            }

            if (place.Directory.TryLink(name, target))
            {
                if (name != wanted)
                {
                    log.Write(LogLevel.Warning, $"'{path}' of parent {parent.Id} is linked as '{place.Join(name)}': '{wanted}' is taken by {OwnerOf(place.Directory, wanted)}.");
                }

                return;
            }

            if (place.Directory.TargetOf(name) == target)
            {
                return;
            }
        }
    }

    private Place Find(string path)
    {
        if (_last?.Wanted != path)
        {
            _last?.Directory.Dispose();
            _last = null;
            _last = Make(path);
        }

        return _last;
    }

    private Place Make(string path)
    {
        var at = new Place("", own, "");
        try
        {
            foreach (string wanted in path.Split('/'))
            {
                string name = wanted;
                HeldDirectory? next;
                while ((next = at.Directory.Make(name)) is null)
                {
                    name = WithParent(name);
                }

                if (name != wanted)
                {
                    log.Write(LogLevel.Warning, $"'{path}' of parent {parent.Id} becomes '{at.Join(name)}': '{at.Join(wanted)}' is taken by {OwnerOf(at.Directory, wanted)}.");
                }

                Place below = new(path, next, at.Join(name));
                Leave(at);
                at = below;
            }

            return at;
        }
        catch
        {
            Leave(at);
            throw;
        }
    }

    private void Leave(Place place)
    {
        if (!ReferenceEquals(place.Directory, own))
        {
            place.Directory.Dispose();
        }
    }

    private static string OwnerOf(HeldDirectory directory, string name) => directory.TargetOf(name) is { } other ? $"a link to '{other}'" : "the job's own file, or one that Balsam writes";

    // Relative, so that the data directory may be moved; where a link is on the way, '..' would lead elsewhere.
    private string TargetOf(string path, Place place)
    {
        string file = Path.Combine(site.Resolve(parent.Workdir), path);
        string directory = Path.Combine(site.Resolve(job.Workdir), place.Path);
        return site.Bounds is not null || LinkCheck.Find(site.Root, directory) is null ? Path.GetRelativePath(directory, file) : file;
    }

    // mesh.dat of parent 17 becomes mesh_17.dat.
    private string WithParent(string name)
    {
        string suffix = string.Create(CultureInfo.InvariantCulture, $"_{parent.Id}");
        int dot = name.LastIndexOf('.');
        return dot > 0 ? $"{name[..dot]}{suffix}{name[dot..]}" : name + suffix;
    }

    /// <summary>A directory of the job's workdir for one of the parent's.</summary>
    private sealed record Place(string Wanted, HeldDirectory Directory, string Path)
    {
        public string Join(string name) => Path.Length == 0 ? name : $"{Path}/{name}";
    }
}
