namespace Balsam.Launch.Staging;

/// <summary>The way to each address: which endpoint, and which provider.</summary>
internal sealed class TransferRoutes
{
    private readonly Dictionary<string, ITransferProvider> _providers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Uri> _locations;
    private readonly HashSet<string> _openSchemes;

    /// <summary>Takes the options as they are now. Of two providers of one scheme the one that was registered last serves it.</summary>
    public TransferRoutes(TransferOptions options, IEnumerable<ITransferProvider> providers)
    {
        _locations = new Dictionary<string, Uri>(options.Locations, StringComparer.Ordinal);
        _openSchemes = new HashSet<string>(options.OpenSchemes, StringComparer.OrdinalIgnoreCase);
        foreach (ITransferProvider provider in providers)
        {
            foreach (string scheme in provider.Schemes)
            {
                _providers[scheme] = provider;
            }
        }
    }

    /// <summary>What in the options leads nowhere.</summary>
    public IEnumerable<string> FindProblems() =>
    [
        .. _locations.Where(location => !_providers.ContainsKey(location.Value.Scheme)).Select(location =>
            $"The transfer location '{location.Key}' is at '{location.Value.Scheme}:', which no provider serves. {Advice}"),
        .. _openSchemes.Where(scheme => !_providers.ContainsKey(scheme)).Select(scheme =>
            $"TransferOptions.OpenSchemes allows '{scheme}', which no provider serves. {Advice} Or take it out."),
    ];

    /// <summary>Finds the way to an address.</summary>
    /// <exception cref="TransferException">There is none; the message says what to do.</exception>
    public TransferRoute Find(TransferAddress address)
    {
        if (address.Location is not { } name)
        {
            var uri = new Uri(address.Path);
            return _openSchemes.Contains(uri.Scheme)
                ? new TransferRoute(new Uri(uri.GetLeftPart(UriPartial.Authority)), address.Path, ProviderOf(uri.Scheme))
                : throw new TransferException($"'{uri.Scheme}' is none of TransferOptions.OpenSchemes ({Among(_openSchemes)}). Allow it, or name a location.", isTransient: false);
        }

        if (!_locations.TryGetValue(name, out Uri? location))
        {
            throw new TransferException($"'{name}' is none of this host's transfer locations ({Among(_locations.Keys)}). Add it, then restart the job.", isTransient: false);
        }

        return address.Path.Split('/').Contains("..")
            ? throw new TransferException($"'{address.Path}' leads out of the location with '..'. Name a path below it.", isTransient: false)
            : new TransferRoute(location, address.Path, ProviderOf(location.Scheme));
    }

    private string Advice => $"Schemes that are served: {Among(_providers.Keys)}. Add the provider of this one.";

    private ITransferProvider ProviderOf(string scheme) => _providers.GetValueOrDefault(scheme)
        ?? throw new TransferException($"No provider serves '{scheme}'. {Advice}", isTransient: false);

    private static string Among(IEnumerable<string> names) => names.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } some ? string.Join(", ", some) : "none";
}
