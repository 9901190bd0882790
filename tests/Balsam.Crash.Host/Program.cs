// Balsam.Crash.Host DIRECTORY SEED: one host of the campaign in DIRECTORY. It makes itself ready, waits for a plan on its input, and works until the plan kills it.
// Balsam.Crash.Host --open STORE TICK: opens and closes a store; kills itself at the TICK-th operation on its files. Exit code 0 when there were fewer.
using System.Globalization;
using Balsam.Crash;

return args is ["--open", string path, string tick]
    ? await StoreOpener.RunAsync(path, int.Parse(tick, CultureInfo.InvariantCulture))
    : await CampaignHost.RunAsync(args[0], int.Parse(args[1], CultureInfo.InvariantCulture));
