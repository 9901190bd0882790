using Balsam.Testing.Conformance.Model;

namespace Balsam.Testing.Conformance.Linear;

/// <summary>A call that was made while others were on their way, and what it answered.</summary>
/// <param name="Caller">Who made it; the calls of one caller follow each other.</param>
/// <param name="Invoked">When it was made, on a clock that all callers share and that never shows the same twice.</param>
/// <param name="Answered">When it had answered.</param>
/// <param name="Text">Call and answer in words.</param>
/// <param name="IsRead">Whether it changes nothing, whenever it comes.</param>
/// <param name="Explains">Does the call to a model; false when the model would not have answered so.</param>
internal sealed record Operation(int Caller, long Invoked, long Answered, string Text, bool IsRead, Func<StoreModel, bool> Explains)
{
    public override string ToString() => FormattableString.Invariant($"[{Invoked,3} to {Answered,3}] caller {Caller}: {Text}");
}
