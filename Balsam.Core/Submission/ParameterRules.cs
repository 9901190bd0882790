using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Balsam;

/// <summary>What parameters must be, when a job is submitted and when it is edited.</summary>
internal static class ParameterRules
{
    /// <summary>Checks parameters, and fills in the defaults of those left out.</summary>
    /// <param name="application">The application; null when it is not known here, so that only the size counts.</param>
    /// <param name="given">The parameters.</param>
    /// <param name="refuse">Is told of each problem.</param>
    /// <returns>The parameters with their defaults.</returns>
    public static JobData Complete(ApplicationDescriptor? application, JobData given, Action<SubmitProblemKind, string> refuse)
    {
        if (given.Json.Length > SubmissionLimits.ParametersLength)
        {
            refuse(SubmitProblemKind.BadParameter, string.Create(
                CultureInfo.InvariantCulture,
                $"the parameters are {given.Json.Length} characters of JSON, {SubmissionLimits.ParametersLength} are allowed. Write large input to a file and pass its path."));
            return given;
        }

        if (application is null)
        {
            return given;
        }

        if (application.Parameters.Count == 0 && application.IsFunction)
        {
            // A function whose input is not an object; without any, it says itself what it needs.
            CheckTypes(application, given.IsEmpty ? null : given, refuse);
            return given;
        }

        if (given.Root.ValueKind != JsonValueKind.Object)
        {
            refuse(SubmitProblemKind.BadParameter, $"the parameters are a JSON {given.Root.ValueKind}, but {application.Name} takes an object with a member a parameter.");
            return given;
        }

        bool isSound = true;
        void Refuse(SubmitProblemKind kind, string message)
        {
            isSound = false;
            refuse(kind, message);
        }

        string Known() => application.Parameters.Count == 0 ? "none" : string.Join(", ", application.Parameters.Select(parameter => parameter.Name));

        foreach (string name in given.Names.Except(application.Parameters.Select(parameter => parameter.Name), StringComparer.Ordinal))
        {
            Refuse(SubmitProblemKind.SurplusParameter, $"'{name}' is not a parameter of {application.Name}. Known: {Known()}.");
        }

        JsonObject? completed = null;
        foreach (ApplicationParameter parameter in application.Parameters.Where(parameter => !given.Contains(parameter.Name)))
        {
            if (parameter.Required)
            {
                Refuse(SubmitProblemKind.MissingParameter, $"parameter '{parameter.Name}' is missing{(parameter.Help is null ? "" : $" ({parameter.Help})")}. Known: {Known()}.");
            }
            else if (parameter.Default is not null)
            {
                completed ??= JsonNode.Parse(given.Json)!.AsObject();
                completed[parameter.Name] = JsonNode.Parse(parameter.Default);
            }
        }

        JobData result = completed is null ? given : JobData.Parse(completed.ToJsonString(BalsamJson.Options));
        CheckRendering(application, result, Refuse);
        if (isSound)
        {
            CheckTypes(application, result, refuse);
        }
        else if (application.ParametersType is { } type)
        {
            // What is null where it must not be is refused above already.
            foreach (string problem in ParameterTypes.CheckGiven(WithoutNulls(given), type))
            {
                refuse(SubmitProblemKind.BadParameter, problem);
            }
        }

        return result;
    }

    private static JobData WithoutNulls(JobData parameters) =>
        parameters.Names.Where(name => parameters.Root.GetProperty(name).ValueKind == JsonValueKind.Null).ToArray().Aggregate(parameters, (rest, name) => rest.Without(name));

    private static void CheckTypes(ApplicationDescriptor application, JobData? parameters, Action<SubmitProblemKind, string> refuse)
    {
        foreach (string problem in parameters is not null && application.ParametersType is { } type ? ParameterTypes.Check(parameters, type) : [])
        {
            refuse(SubmitProblemKind.BadParameter, problem);
        }
    }

    private static void CheckRendering(ApplicationDescriptor application, JobData parameters, Action<SubmitProblemKind, string> refuse)
    {
        foreach (string name in application.Command?.Names ?? [])
        {
            if (!parameters.Contains(name))
            {
                return;
            }

            if (parameters.Root.GetProperty(name).ValueKind == JsonValueKind.Null && application.Parameters.Any(parameter => parameter.Name == name && parameter.Required))
            {
                refuse(SubmitProblemKind.MissingParameter, $"parameter '{name}' is null, but {application.Name} requires it.");
            }
        }

        try
        {
            application.Command?.Render(parameters);
        }
        catch (FormatException exception)
        {
            refuse(SubmitProblemKind.BadParameter, exception.Message);
        }
    }
}
