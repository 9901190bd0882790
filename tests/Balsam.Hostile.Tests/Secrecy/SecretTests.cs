using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Balsam.Hostile.Host;

namespace Balsam.Hostile.Tests.Secrecy;

/// <summary>A campaign of jobs, hooks and functions that tell secrets wherever they can; killed once, then run to its end; every file and every word looked at.</summary>
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class SecretTests
{
    // Quotes and a backslash look otherwise in JSON, a letter that is not ASCII in some files; the key has lines.
    private const string Token = "tok'en \"quoted\" \\ $(x) {{ y }} ü-8f3a91c77b";
    private const string Key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nAQEFAASCBKcwggSjAgEAAoI\n-----END KEY-----";
    private static readonly string[] Tellings = ["8f3a91c77b", "tok'en", "MIIEvQIBADANBgkqhkiG9w0", "AQEFAASCBKcwggSjAgEAAoI"];

    [Test]
    public async Task Campaign_ThatTellsItsSecrets_StoresAndShowsTheirNamesAlone_AndIsReadableByItsOwnerAlone()
    {
        using var directory = new TemporaryDirectory();
        string pipe = directory["pipe"];
        string site = directory["site"];
        using (Process made = Process.Start("mkfifo", [pipe]))
        {
            await made.WaitForExitAsync();
        }

        string shown;
        using (var first = new HostProcess(site, Token, Key))
        {
            await Task.Run(() => File.ReadAllText(pipe)).WaitAsync(TimeSpan.FromMinutes(3));
            first.Kill();
            shown = (await first.EndAsync()).Output;
        }

        DemandSilence(directory, shown);
        DemandPrivacy(directory);
        using (var second = new HostProcess(site, Token, Key))
        {
            (int code, string output) = await second.EndAsync();
            Assert.That((code, output.Contains("\nend\n", StringComparison.Ordinal)), Is.EqualTo((0, true)), output);
            Assert.That(output, Does.Not.Contain("NOT REFUSED"));
            Assert.That(output.Split("refused:").Length - 1, Is.EqualTo(5), output);
            shown = output;
        }

        DemandSilence(directory, shown);
        DemandPrivacy(directory);
        using (Assert.EnterMultipleScope())
        {
            // What was looked through is what the jobs left: the programs had their secrets, and what they told went everywhere, without them.
            Assert.That(File.ReadAllText(Path.Combine(site, "data/teller/job.out")), Does.Contain(Token).And.Contain(Key));
            Assert.That(Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(site, "balsam.db"))), Does.Contain(Teller.Trace).And.Contain($"[secret {Host.Secrets.Token}]").And.Contain($"[secret {Host.Secrets.Key}]"));
            Assert.That(File.ReadAllText(Path.Combine(site, "data/blabber/throw/balsam.log")), Does.Contain($"The token is [secret {Host.Secrets.Token}]"));
            Assert.That(File.ReadAllText(Path.Combine(site, "report.html")), Does.Contain($"[secret {Host.Secrets.Token}]"));
            Assert.That(shown, Does.Contain($"function with [secret {Host.Secrets.Token}]").And.Contain($"hook with [secret {Host.Secrets.Token}]"));
            Assert.That(shown, Does.Contain("the function's result would store the value").And.Contain("the data would store the value").And.Contain("the tags would store the value"));
        }
    }

    [Test]
    public async Task Host_ThatDoesNotKnowASecret_DoesNotStart()
    {
        using var directory = new TemporaryDirectory();
        using var host = new HostProcess(directory["site"], Token, "");
        (int code, string output) = await host.EndAsync();
        Assert.That(code, Is.Not.Zero);
        Assert.That(output, Does.Contain($"Application 'Teller' gives its jobs the secret '{Host.Secrets.Key}' as TELLER_KEY, which this host does not know."));
    }

    [Test]
    public async Task Host_WithASecretTooShortToBeMasked_DoesNotStartAndDoesNotTellIt()
    {
        using var directory = new TemporaryDirectory();
        using var host = new HostProcess(directory["site"], Token, "q7Zx");
        (int code, string output) = await host.EndAsync();
        Assert.That(code, Is.Not.Zero);
        Assert.That(output, Does.Contain("shorter than 8 characters").And.Not.Contain("q7Zx"));
    }

    private static void DemandSilence(TemporaryDirectory directory, string shown)
    {
        List<string> leaks = [.. Tellings.Where(telling => shown.Contains(telling, StringComparison.Ordinal)).Select(telling => $"what the host printed: {Around(shown, telling)}")];
        int looked = 0;
        foreach (FileInfo file in directory.Everything().OfType<FileInfo>().Where(file => !file.Name.StartsWith("job.out", StringComparison.Ordinal) && file.Name != "pipe"))
        {
            byte[] bytes = File.ReadAllBytes(file.FullName);
            looked++;
            foreach (string telling in Tellings)
            {
                foreach (Encoding encoding in (Encoding[])[Encoding.UTF8, Encoding.Unicode])
                {
                    int at = bytes.AsSpan().IndexOf(encoding.GetBytes(telling));
                    if (at >= 0)
                    {
                        leaks.Add(string.Create(CultureInfo.InvariantCulture, $"{file.FullName} at {at}: {encoding.GetString(bytes, Math.Max(0, at - 60), Math.Min(160, bytes.Length - Math.Max(0, at - 60)))}"));
                    }
                }
            }
        }

        Assert.That(leaks, Is.Empty);
        Assert.That(looked, Is.GreaterThan(3));
    }

    // Of the files that a program makes itself, its own umask decides; nobody else can enter the directory that they are in.
    private static void DemandPrivacy(TemporaryDirectory directory)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        string[] open =
        [
            .. directory.Everything().Where(file => !file.Name.StartsWith("report", StringComparison.Ordinal) && file.Name is not ("made-by-the-program" or "pipe") && !file.FullName.Contains("/report/", StringComparison.Ordinal))
                .Where(file => (file.UnixFileMode & others) != 0).Select(file => $"{file.FullName}: {file.UnixFileMode}"),
        ];
        Assert.That(open, Is.Empty);
    }

    private static string Around(string text, string telling)
    {
        int at = text.IndexOf(telling, StringComparison.Ordinal);
        return text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 80)];
    }
}
