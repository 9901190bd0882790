using System.Collections.Immutable;
using System.Globalization;

namespace Balsam;

/// <summary>Turns the slots that a new job fills into its transfers, and says what it would be refused for.</summary>
/// <param name="options">The site's locations.</param>
internal sealed class TransferPlanner(TransferOptions options)
{
    /// <summary>Plans the transfers of one job.</summary>
    /// <param name="application">Its application.</param>
    /// <param name="filled">The slots that it fills.</param>
    /// <param name="refuse">Takes each problem.</param>
    /// <returns>The transfers, in the order of the application's slots.</returns>
    public ImmutableArray<TransferItem> Plan(ApplicationDescriptor application, IReadOnlyDictionary<string, TransferAddress> filled, Action<SubmitProblemKind, string> refuse)
    {
        if (application.TransferSlots.Count == 0 && filled.Count == 0)
        {
            return [];
        }

        foreach (string unknown in filled.Keys.Except(application.TransferSlots.Select(slot => slot.Name), StringComparer.Ordinal))
        {
            refuse(SubmitProblemKind.UnknownSlot, $"'{unknown}' is no transfer slot of the application. It has {Listed(application.TransferSlots.Select(slot => slot.Name))}.");
        }

        List<TransferItem> items = [];
        foreach (TransferSlot slot in application.TransferSlots)
        {
            if (filled.TryGetValue(slot.Name, out TransferAddress? address))
            {
                items.Add(Plan(slot, address, (kind, problem) => refuse(kind, $"transfer '{slot.Name}': {problem}")));
            }
            else if (slot.IsRequired)
            {
                refuse(SubmitProblemKind.MissingTransfer, $"the transfer slot '{slot.Name}' is not filled. Write .Transfer(\"{slot.Name}\", \"location:/absolute/path\"){About(slot)}.");
            }
        }

        foreach (IGrouping<string, TransferItem> same in items.Where(item => item.Direction == TransferDirection.In && item.LocalPath != LocalPaths.Workdir).GroupBy(item => item.LocalPath).Where(same => same.Count() > 1))
        {
            refuse(SubmitProblemKind.BadTransfer, $"the transfers {string.Join(" and ", same.Select(item => $"'{item.Slot}'"))} would all be written to '{same.Key}'. Give them files of different names.");
        }

        return [.. items];
    }

    private TransferItem Plan(TransferSlot slot, TransferAddress address, Action<SubmitProblemKind, string> refuse)
    {
        if (address.Path.Length > SubmissionLimits.TransferAddressLength)
        {
            refuse(SubmitProblemKind.BadTransfer, string.Create(
                CultureInfo.InvariantCulture, $"the address has {address.Path.Length} characters; {SubmissionLimits.TransferAddressLength} are allowed."));
        }
        else if (address.Location is { } location)
        {
            CheckLocation(location, address.Path, refuse);
        }
        else
        {
            CheckUri(slot, new Uri(address.Path), refuse);
        }

        return new TransferItem
        {
            Slot = slot.Name,
            Direction = slot.Direction,
            Remote = address,
            LocalPath = slot.LocalPath == LocalPaths.Workdir && !slot.IsRecursive ? NameOf(address, refuse) : slot.LocalPath,
            IsRecursive = slot.IsRecursive,
        };
    }

    private void CheckLocation(string location, string path, Action<SubmitProblemKind, string> refuse)
    {
        if (!options.Locations.ContainsKey(location))
        {
            refuse(SubmitProblemKind.UnknownLocation, $"'{location}' is not a location of this site, which has {Listed(options.Locations.Keys)}. Add it with AddTransferLocation, or use another.");
        }

        if (path.Any(char.IsControl) || !SoundText.IsSound(path))
        {
            refuse(SubmitProblemKind.BadTransfer, "the path holds a control character or is not valid Unicode.");
        }
        else if (path.Split('/').Any(name => name is "." or ".."))
        {
            refuse(SubmitProblemKind.BadTransfer, $"the path '{path}' holds '.' or '..'; name a place below the location directly.");
        }
    }

    private void CheckUri(TransferSlot slot, Uri uri, Action<SubmitProblemKind, string> refuse)
    {
        if (uri.UserInfo.Length > 0)
        {
            // The address itself is not repeated: it may hold a password.
            refuse(SubmitProblemKind.BadTransfer, $"the URI names a user at {uri.Host}, and would store what stands there with the job. Put the user into a location of the site, and name that.");
        }
        else if (slot.Direction == TransferDirection.Out)
        {
            refuse(SubmitProblemKind.BadTransfer, $"files go out to locations of the site only, not to a URI ({uri}). The site has {Listed(options.Locations.Keys)}.");
        }
        else if (!options.OpenSchemes.Contains(uri.Scheme))
        {
            refuse(SubmitProblemKind.BadTransfer, $"'{uri.Scheme}' is not a scheme that jobs may name without a location; {Listed(options.OpenSchemes)} are. Add a location, or the scheme to TransferOptions.OpenSchemes.");
        }
    }

    // A file that is staged into the workdir itself keeps its name.
    private static string NameOf(TransferAddress address, Action<SubmitProblemKind, string> refuse)
    {
        string path = address.Location is null ? new Uri(address.Path).AbsolutePath : address.Path;
        string last = path[(path.LastIndexOf('/') + 1)..];
        string name = address.Location is null ? Uri.UnescapeDataString(last) : last;
        if (name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal) || LocalPaths.Problem(name) is not null)
        {
            refuse(SubmitProblemKind.BadTransfer, $"the address ends in '{last}', which cannot be the name of a file in the workdir. Name a file.");
        }

        return name;
    }

    private static string About(TransferSlot slot) => slot.Description is { } about ? $" ({about})" : "";

    private static string Listed(IEnumerable<string> names) => names.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } some ? string.Join(", ", some) : "none";
}
