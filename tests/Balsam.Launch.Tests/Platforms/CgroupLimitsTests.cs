using Balsam.Launch.Platforms;

namespace Balsam.Launch.Tests.Platforms;

public sealed class CgroupLimitsTests
{
    private const string Unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

    private const string Hybrid = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """;

    [TestCase("max 100000", null)]
    [TestCase("150000 100000\n", 1.5)]
    [TestCase("50000 100000", 0.5)]
    [TestCase("", null)]
    [TestCase("junk junk", null)]
    public void ParseCpuMax_Text_GivesCores(string text, double? cores) => Assert.That(CgroupLimits.ParseCpuMax(text), Is.EqualTo(cores));

    [TestCase("-1\n", "100000\n", null)]
    [TestCase("250000\n", "100000\n", 2.5)]
    [TestCase("1", "0", null)]
    public void ParseCfs_Text_GivesCores(string quota, string period, double? cores) => Assert.That(CgroupLimits.ParseCfs(quota, period), Is.EqualTo(cores));

    [TestCase("max\n", null)]
    [TestCase("1073741824\n", 1_073_741_824L)]
    [TestCase("9223372036854771712\n", null)]
    public void ParseMemory_Text_GivesBytes(string text, long? bytes) => Assert.That(CgroupLimits.ParseMemory(text), Is.EqualTo(bytes));

    [Test]
    public void Directories_Unified_GoFromOwnGroupToTheTop()
    {
        CgroupDirectories directories = CgroupDirectories.Parse("0::/user.slice/job.scope\n", Unified);
        string[] expected = ["/sys/fs/cgroup/user.slice/job.scope", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"];
        Assert.That((directories.Cpu, directories.Memory), Is.EqualTo(((IReadOnlyList<string>)expected, (IReadOnlyList<string>)expected)));
    }

    [Test]
    public void Directories_Hybrid_AreThoseOfEachController()
    {
        CgroupDirectories directories = CgroupDirectories.Parse("4:memory:/slurm/job_7\n1:cpu,cpuacct:/slurm\n0::/\n", Hybrid);
        Assert.That(directories.Cpu, Is.EqualTo(new[] { "/sys/fs/cgroup/cpu,cpuacct/slurm", "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/unified" }));
        Assert.That(directories.Memory, Is.EqualTo(new[]
        {
            "/sys/fs/cgroup/memory/slurm/job_7", "/sys/fs/cgroup/memory/slurm", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/unified",
        }));
    }

    [TestCase("0::/docker/abc", "/docker/abc", "/sys/fs/cgroup")]
    [TestCase("0::/docker/abc/inner", "/docker/abc", "/sys/fs/cgroup/inner|/sys/fs/cgroup")]
    [TestCase("0::/elsewhere", "/docker/abc", "/sys/fs/cgroup")]
    [TestCase("0::/../other", "/", "/sys/fs/cgroup")]
    [TestCase("0::/", "/", "/sys/fs/cgroup")]
    public void Directories_InsideContainer_StartAtTheMount(string cgroup, string root, string expected)
    {
        CgroupDirectories directories = CgroupDirectories.Parse(cgroup, $"30 23 0:26 {root} /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
        Assert.That(string.Join('|', directories.Cpu), Is.EqualTo(expected));
    }

    [Test]
    public void Directories_NoMount_AreNone() => Assert.That(CgroupDirectories.Parse("0::/a\n", string.Empty).Cpu, Is.Empty);

    [Test]
    public void Read_LimitsAtSeveralLevels_TakesTheSmallest()
    {
        string root = Directory.CreateTempSubdirectory("balsam-cgroup-").FullName;
        try
        {
            string own = Path.Combine(root, "a", "b");
            Directory.CreateDirectory(own);
            File.WriteAllText(Path.Combine(own, "cpu.max"), "max 100000\n");
            File.WriteAllText(Path.Combine(root, "a", "cpu.max"), "150000 100000\n");
            File.WriteAllText(Path.Combine(own, "memory.max"), "2000\n");
            File.WriteAllText(Path.Combine(root, "a", "memory.max"), "1000\n");
            File.WriteAllText(Path.Combine(root, "cgroup"), "0::/a/b\n");
            File.WriteAllText(Path.Combine(root, "mountinfo"), $"30 23 0:26 / {root} rw - cgroup2 cgroup2 rw\n");
            Assert.That(CgroupLimits.Read(Path.Combine(root, "cgroup"), Path.Combine(root, "mountinfo")), Is.EqualTo(new CgroupLimits(1.5, 1000)));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
