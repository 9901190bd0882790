using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Balsam.Tests;

/// <summary>A real <c>sshd</c> on a free port of the loopback, for the account that runs the tests: with host key, user key and settings of its own in a directory of its own. It ends with the test.</summary>
internal sealed class SshServer : IAsyncDisposable
{
    private const string Listens = "Server listening on 127.0.0.1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Places = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("balsam-sshd-");
    private Process? _process;

    private SshServer()
    {
    }

    /// <summary>A directory for what the tests keep at the far end.</summary>
    public string Files => Path.Combine(_directory.FullName, "files");

    public int Port { get; private set; }

    public static string User => Environment.UserName;

    /// <summary>The private key that the server takes.</summary>
    public string KeyFile => At("user_key");

    /// <summary>A private key that it does not take.</summary>
    public string OtherKeyFile => At("other_key");

    /// <summary>The same key as <see cref="KeyFile"/>, behind the passphrase <c>open sesame</c>.</summary>
    public string LockedKeyFile => At("locked_key");

    public string KnownHostsFile => At("known_hosts");

    /// <summary>The public host key: type and base64.</summary>
    public string HostKey { get; private set; } = "";

    public string Fingerprint { get; private set; } = "";

    /// <summary>Starts a server. Without the program the test is ignored; on CI it fails.</summary>
    /// <param name="settings">Further lines of its settings.</param>
    public static async Task<SshServer> StartAsync(params string[] settings)
    {
        string? program = Array.Find(Places, File.Exists);
        if (program is null)
        {
            Require("sshd", "openssh-server");
        }

        var server = new SshServer();
        try
        {
            await server.PrepareAsync();
            for (int attempt = 0; !await server.TryStartAsync(program!, settings); attempt++)
            {
                Assert.That(attempt, Is.LessThan(5), "sshd finds no port: " + File.ReadAllText(server.At("sshd.log")));
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says which package has a program that is missing: an error on CI, else a reason to leave the test out.</summary>
    public static void Require(string program, string package)
    {
        string message = $"There is no {program} here. Install it: apt-get install {package}";
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(message);
        }

        Assert.Ignore(message);
    }

    /// <summary>The address of a directory or file below <see cref="Files"/>.</summary>
    public Uri Address(string scheme = "sftp", string path = "") =>
        new(string.Create(CultureInfo.InvariantCulture, $"{scheme}://{User}@127.0.0.1:{Port}{Path.Combine(Files, path)}"));

    /// <summary>Kills the processes of every session, as a lost host would: no connection is closed in order. They are gone when it returns.</summary>
    public void KillSessions()
    {
        foreach (int pid in Sessions())
        {
            try
            {
                using Process session = Process.GetProcessById(pid);
                session.Kill();
                session.WaitForExit();
            }
            catch (ArgumentException)
            {
                // It has just ended.
            }
        }
    }

    /// <summary>Lets the processes of every session stand still, as a host that hangs.</summary>
    public async Task FreezeSessionsAsync()
    {
        foreach (int pid in Sessions())
        {
            await RunAsync("kill", "-STOP", pid.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Waits until no process works in a directory any more: what it had to put away is put away.</summary>
    public static async Task WaitForLeaversAsync(string directory)
    {
        foreach (int pid in AllProcesses().Where(pid => WorksIn(pid, directory)).ToArray())
        {
            try
            {
                using Process process = Process.GetProcessById(pid);
                await process.WaitForExitAsync().WaitAsync(Patience);
            }
            catch (ArgumentException)
            {
                // It has just ended.
            }
        }
    }

    /// <summary>How many connections were taken until now.</summary>
    public int Logins() => File.ReadLines(At("sshd.log")).Count(line => line.Contains("Accepted ", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            KillSessions();
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _directory.Delete(recursive: true);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"{program}: {await output}{errors}");
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);

    private async Task PrepareAsync()
    {
        Directory.CreateDirectory(Files);
        foreach ((string file, string passphrase) in new[] { ("host_key", ""), ("user_key", ""), ("other_key", ""), ("locked_key", "") })
        {
            await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", At(file));
        }

        await RunAsync("ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", LockedKeyFile);
        File.WriteAllLines(At("authorized_keys"), [File.ReadAllText(KeyFile + ".pub").Trim(), File.ReadAllText(LockedKeyFile + ".pub").Trim()]);
        HostKey = File.ReadAllText(At("host_key.pub")).Trim();
        Fingerprint = "SHA256:" + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Convert.FromBase64String(HostKey.Split(' ')[1]))).TrimEnd('=');
        if (Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory("/run/sshd");
        }
    }

    private async Task<bool> TryStartAsync(string program, string[] settings)
    {
        Port = FindFreePort();
        File.WriteAllLines(At("sshd_config"),
        [
            .. settings, string.Create(CultureInfo.InvariantCulture, $"Port {Port}"), "ListenAddress 127.0.0.1", $"HostKey {At("host_key")}", $"AuthorizedKeysFile {At("authorized_keys")}",
            $"PidFile {At("sshd.pid")}", "UsePAM no", "StrictModes no", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin yes", "UseDNS no",
            "MaxStartups 100", "MaxSessions 100", "IgnoreUserKnownHosts yes", "Subsystem sftp internal-sftp",
        ]);
        File.WriteAllText(KnownHostsFile, string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{Port} {HostKey}\n"));
        var listening = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Process.Start(new ProcessStartInfo(program, ["-D", "-e", "-f", At("sshd_config")]) { RedirectStandardError = true })!;
        Process process = _process;
        _ = ReadAsync();
        if (await listening.Task.WaitAsync(Patience))
        {
            return true;
        }

        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
        return false;

        async Task ReadAsync()
        {
            await using StreamWriter log = new(At("sshd.log"), append: false) { AutoFlush = true };
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                await log.WriteLineAsync(line);
                if (line.Contains(Listens, StringComparison.Ordinal))
                {
                    listening.TrySetResult(true);
                }
            }

            listening.TrySetResult(false);
        }
    }

    private List<int> Sessions()
    {
        var parents = AllProcesses().Select(pid => (Pid: pid, Parent: ParentOf(pid))).ToLookup(pair => pair.Parent, pair => pair.Pid);
        List<int> found = [.. parents[_process!.Id]];
        for (int i = 0; i < found.Count; i++)
        {
            found.AddRange(parents[found[i]]);
        }

        return found;
    }

    private static IEnumerable<int> AllProcesses() =>
        Directory.GetDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int pid) ? pid : 0).Where(pid => pid > 0);

    private static bool WorksIn(int pid, string directory)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName.StartsWith(directory, StringComparison.Ordinal) == true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int ParentOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
