namespace Balsam;

/// <summary>An application whose parameters are the properties of a type, checked by the compiler.</summary>
/// <typeparam name="TParameters">A record, usually: each property is a parameter, in camel case; a default makes it optional; <c>[Description]</c> is its help.</typeparam>
/// <example><code>
/// public sealed class Relax : ApplicationDefinition&lt;Relax.Parameters&gt;
/// {
///     public sealed record Parameters(string Input, double Tolerance = 1e-4);
///
///     public override CommandTemplate Command => "relax --in {{ input }} --tol {{ tolerance }}";
/// }
/// </code></example>
public abstract class ApplicationDefinition<TParameters> : ApplicationDefinition
{
    /// <summary>The properties of <typeparamref name="TParameters"/>.</summary>
    public sealed override IReadOnlyList<ApplicationParameter> DeclaredParameters => ParameterReader.Read(BalsamJson.TypeInfo<TParameters>());

    internal sealed override Type ParametersType => typeof(TParameters);

    /// <summary>Reads a job's parameters.</summary>
    /// <param name="context">The hook's context.</param>
    /// <returns>The parameters.</returns>
    protected static TParameters ParametersOf(JobContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.GetParameters<TParameters>();
    }
}
