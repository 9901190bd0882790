using System.ComponentModel;
using Balsam;

namespace WorkflowReplay;

[Description("Stands for a task of the workflow: demands its parents' marker files, sleeps, leaves its own.")]
internal sealed class ReplayTask : ApplicationDefinition<ReplayTask.Parameters>
{
    // A marker is an empty file: it is there or not, never half-written. One that an interrupted run left is taken away first.
    public override CommandTemplate Command => """
        for parent in {{ parents }}; do
          [ -e "../$parent.done" ] || { echo "the marker of task $parent is missing" >&2; exit 1; }
        done
        [ ! -e ../{{ number }}.done ] || rm ../{{ number }}.done
        sleep {{ seconds }} && : > ../{{ number }}.done
        """;

    /// <summary>The workdir of a task. Its marker is beside it, so that it is there before anything runs in it.</summary>
    public static string WorkdirOf(WorkflowTask task) => FormattableString.Invariant($"tasks/{task.Number}-{Text.FileName(task.Id)}");

    internal sealed record Parameters(
        [property: Description("the task's place in the file, from 1")] int Number,
        [property: Description("the task's id in the file")] string Id,
        [property: Description("the numbers of its parents")] IReadOnlyList<int> Parents,
        [property: Description("how long to sleep")] double Seconds);
}
