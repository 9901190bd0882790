using Balsam.Launch.Staging;
using Microsoft.Extensions.Options;

namespace Balsam.Launch.Hosting;

/// <summary>Checks at start that somebody serves every location and every scheme that jobs may name.</summary>
internal sealed class TransferValidator(IOptions<TransferOptions> transfers, IEnumerable<ITransferProvider> providers) : IValidateOptions<LauncherOptions>
{
    public ValidateOptionsResult Validate(string? name, LauncherOptions options) =>
        new TransferRoutes(transfers.Value, providers).FindProblems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
