namespace Balsam.Core.Tests.Applications;

/// <summary>Random shell text around placeholders: whatever a template accepts, no value may run. The seed is printed.</summary>
public sealed class CommandTemplateFuzzTests
{
    private const int Batch = 250;

    private static readonly string[] Fragments =
    [
        "{{ v }}", "{{ v }}", "{{v}}", "{{ w }}", "{{w}}", "echo ", "echo ", ": ", "x=", " ", " ", "\n", "\n", "\\\n", "\\", "'", "'", "\"", "\"", "`", "$(", "$(", ")", ")", "$((", "((", "))", "${x:-", "${x}", "${", "}", "(", "$",
        "$$", "#", "# ", "<", "<<EOF\n", "\nEOF\n", "case x in x) ", ";; esac", "case ", "$'", "\\'", "$\"", "[", "]", "[[ ", "[[ 1 -eq ", " ]]", "a[", "]=1", "=1", ";", " ; ", "&", "|", "&&", "1", "+", "{", "if true; then ", "; fi",
        "\r", "\u00a0", "!", "<(", "\\(", "\"$(", ")\"", "\"${x:-", "}\"", "$[",
    ];

    [TestCase(1)]
    [TestCase(2)]
    public Task Render_InAnyTemplateThatIsAccepted_RunsNoValue(int seed) => FuzzAsync(seed, 3_000);

    [Test]
    [Explicit("Takes minutes.")]
    public async Task Render_InVeryManyTemplates_RunsNoValue()
    {
        for (int seed = 100; seed < 112; seed++)
        {
            await FuzzAsync(seed, 10_000);
        }
    }

    private static async Task FuzzAsync(int seed, int count)
    {
        string directory = Directory.CreateTempSubdirectory("balsam-fuzz-").FullName;
        try
        {
            var random = new Random(seed);
            foreach (string[] commands in Enumerable.Range(0, count).Select(_ => MakeCommand(random)).Chunk(Batch))
            {
                foreach (string shell in Shells.All)
                {
                    if (await RunsAValueAsync(shell, directory, commands))
                    {
                        Assert.Fail($"Seed {seed}, {shell}: a value was run by\n{await FindAsync(shell, directory, commands)}");
                    }
                }
            }
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    private static async Task<bool> RunsAValueAsync(string shell, string directory, params string[] commands)
    {
        string canary = Path.Combine(directory, "canary");
        File.Delete(canary);
        await Shells.RunAsync(shell, directory, ["-c", "for c do $0 -c \"$c\" </dev/null >/dev/null 2>&1; done", shell, .. commands]);
        return File.Exists(canary);
    }

    private static async Task<string> FindAsync(string shell, string directory, string[] commands)
    {
        foreach (string command in commands)
        {
            if (await RunsAValueAsync(shell, directory, command))
            {
                return command;
            }
        }

        return "(none of them alone)";
    }

    private static string MakeCommand(Random random)
    {
        while (true)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(2, 12)).Select(_ => Fragments[random.Next(Fragments.Length)]));
            if (text.Contains("{{", StringComparison.Ordinal) && TryParse(text) is { Names.Count: > 0 } template)
            {
                string Payload() => HostileText.Payloads[random.Next(HostileText.Payloads.Count)];
                string[] words = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Payload())];
                return template.Render(JobData.From(new { v = Payload(), w = words }));
            }
        }
    }

    private static CommandTemplate? TryParse(string text)
    {
        try
        {
            return new CommandTemplate(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
