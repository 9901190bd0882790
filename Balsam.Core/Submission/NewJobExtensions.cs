using System.Text.Json;
using System.Text.Json.Nodes;

namespace Balsam;

/// <summary><c>MyApplication.NewJob(…)</c> for every application class.</summary>
public static class NewJobExtensions
{
    extension<TApplication, TParameters>(TApplication)
        where TApplication : ApplicationDefinition<TParameters>
    {
        /// <summary>Makes a job of this application.</summary>
        /// <param name="workdir">The workdir, relative to the site's data directory.</param>
        /// <param name="parameters">The parameters, or a function's input.</param>
        /// <returns>The job.</returns>
        public static NewJob NewJob(string workdir, TParameters parameters) =>
            new NewJob(ApplicationName.Of(typeof(TApplication)), workdir).WithParameters(parameters);

        /// <summary>Makes a job of this application in the workdir <c>application/id</c>.</summary>
        /// <param name="parameters">The parameters, or a function's input.</param>
        /// <returns>The job.</returns>
        public static NewJob NewJob(TParameters parameters) => new NewJob(ApplicationName.Of(typeof(TApplication))).WithParameters(parameters);
    }

    extension<TApplication>(TApplication)
        where TApplication : ApplicationDefinition
    {
        /// <summary>Makes a job of this application, with its parameters by name.</summary>
        /// <param name="workdir">The workdir, relative to the site's data directory; null for <c>application/id</c>.</param>
        /// <param name="parameters">Names and values.</param>
        /// <returns>The job.</returns>
        public static NewJob NewJob(string? workdir = null, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            var job = new NewJob(ApplicationName.Of(typeof(TApplication)), workdir);
            if (parameters.IsEmpty)
            {
                return job;
            }

            var members = new JsonObject();
            foreach ((string name, object? value) in parameters)
            {
                if (!SoundText.IsSound(name))
                {
                    throw new JsonException($"{job}: the name of a parameter is not valid Unicode: it holds half of a surrogate pair.");
                }

                members[name] = value is null ? null : JsonSerializer.SerializeToNode(value, BalsamJson.Options.GetTypeInfo(value.GetType()));
            }

            return job.WithParameters(members);
        }
    }
}
