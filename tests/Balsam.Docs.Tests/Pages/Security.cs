using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Security
{
    [Test]
    [Platform("Linux")]
    public async Task Secrets_AsOnThePage_ReachTheCommandAndNothingElse()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam =>
        {
            var builder = new { balsam.Services };

            #region source
            builder.Services.AddSingleton<ISecretSource, VaultSecrets>();
            #endregion

            #region access
            balsam.Configure(options => options.WorkdirAccess = WorkdirAccess.Group);
            #endregion

            balsam.AddApplication<Told>().AddApplication<Upload>();
        });
        Job job = await docs.Client.WaitAsync(await docs.Client.SubmitAsync(Told.NewJob("told")));
        Assert.That(File.ReadAllText(Path.Combine(docs.Site.WorkdirOf(job), "job.out")), Is.EqualTo("correct horse battery\n"));
        Assert.That(job.Failure!.LastLines, Is.EqualTo(new[] { "[secret Upload:Token]" }));
        Assert.That(
            async () => await docs.Client.SubmitAsync(Upload.NewJob("leak", new Upload.Parameters("correct horse battery"))),
            Throws.InstanceOf<SubmitRefusedException>().With.Message.Contains("'Upload:Token'").And.Message.Not.Contains("horse"));
    }

    #region application
    public sealed class Upload : ApplicationDefinition<Upload.Parameters>
    {
        public sealed record Parameters(string File);

        public override CommandTemplate Command => "curl --fail --header @- --upload-file {{ file }} \"$UPLOAD_URL\" <<END\nAuthorization: Bearer $UPLOAD_TOKEN\nEND";

        public override IReadOnlyDictionary<string, string> SecretVariables => new Dictionary<string, string>
        {
            ["UPLOAD_URL"] = "Upload:Url",
            ["UPLOAD_TOKEN"] = "Upload:Token",
        };
    }
    #endregion

    #region vault
    public sealed class VaultSecrets : ISecretSource
    {
        private readonly Dictionary<string, string> _fetched = new() { ["Upload:Url"] = "https://example.org/in", ["Upload:Token"] = "correct horse battery" };

        public string? Find(string name) => _fetched.GetValueOrDefault(name);
    }
    #endregion

    // Prints its token and fails.
    private sealed class Told : ApplicationDefinition
    {
        public override CommandTemplate Command => "echo \"$TOKEN\"; exit 1";

        public override IReadOnlyDictionary<string, string> SecretVariables => new Dictionary<string, string> { ["TOKEN"] = "Upload:Token" };
    }
}
