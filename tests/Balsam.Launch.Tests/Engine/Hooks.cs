namespace Balsam.Launch.Tests.Engine;

/// <summary>The hooks of <see cref="Hooked"/> by name, and its function as <c>Run</c>, so that one test covers all of them.</summary>
internal static class Hooks
{
    public static readonly string[] Names = ["Preprocess", "Postprocess", "HandleError", "HandleTimeout"];

    /// <summary>The hooks, and the function.</summary>
    public static readonly string[] AndRun = [.. Names, "Run"];

    /// <summary>A job whose first run calls the hook, once <see cref="Lead"/> has said so.</summary>
    public static NewJob NewHooked(string hook)
    {
        NewJob job = Hooked.NewJob("x");
        return hook == "HandleTimeout" ? job.WithResources(new JobResources { TimeLimit = TimeSpan.FromSeconds(1) }) : job;
    }

    /// <summary>Makes the first run end in the way that calls the hook.</summary>
    public static void Lead(Behaviour behaviour, string hook) => behaviour.Run = hook switch
    {
        "HandleError" => (input, context, _) => input == "x" && context.Attempt == 1 ? throw new InvalidOperationException("no") : Task.FromResult(input),
        "HandleTimeout" => async (input, context, token) =>
        {
            await (input == "x" && context.Attempt == 1 ? new Gate().PassAsync(token) : Task.CompletedTask);
            return input;
        },
        _ => behaviour.Run,
    };

    /// <summary>Puts code into a hook, or into the function for input <c>x</c>. The handlers then give up, unless the job is to run again.</summary>
    public static void Install(Behaviour behaviour, string hook, Func<ApplicationContext, CancellationToken, Task> action, bool again = false)
    {
        switch (hook)
        {
            case "Preprocess":
                behaviour.Preprocess = async (context, token) =>
                {
                    await action(context, token);
                    return PreprocessOutcome.Ready;
                };
                break;
            case "Postprocess":
                behaviour.Postprocess = async (context, token) =>
                {
                    await action(context, token);
                    return PostprocessOutcome.Done;
                };
                break;
            case "HandleError":
                behaviour.HandleError = async (context, token) =>
                {
                    await action(context, token);
                    return again ? ErrorOutcome.Restart("again") : ErrorOutcome.Fail("no");
                };
                break;
            case "HandleTimeout":
                behaviour.HandleTimeout = async (context, token) =>
                {
                    await action(context, token);
                    return again ? TimeoutOutcome.Restart("again") : TimeoutOutcome.Fail("no");
                };
                break;
            default:
                behaviour.Run = async (input, context, token) =>
                {
                    await (input == "x" ? action(context, token) : Task.CompletedTask);
                    return input;
                };
                break;
        }
    }
}
