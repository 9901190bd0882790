using Balsam.Launch.Platforms;

namespace Balsam.Launch.Tests.Platforms;

public sealed class LocalNodeTests
{
    [Test]
    public async Task DetectAsync_ThisMachine_HasCoresAndMemory()
    {
        NodeSpec node = await LocalNode.DetectAsync();
        Assert.That(node.Name, Is.EqualTo(Environment.MachineName));
        Assert.That(node.CoreIds, Has.Length.InRange(1, Environment.ProcessorCount).And.Unique);
        Assert.That(node.Memory.Bytes, Is.GreaterThan(0));
    }

    [TestCase(null, "3,5,8")]
    [TestCase(8.0, "3,5,8")]
    [TestCase(3.0, "3,5,8")]
    [TestCase(1.5, "3,5")]
    [TestCase(0.2, "3")]
    public void Cut_Quota_KeepsItsWorthInCores(double? quota, string cores) =>
        Assert.That(string.Join(',', LocalNode.Cut([3, 5, 8], quota)), Is.EqualTo(cores));

    [TestCase("MemTotal:       16307244 kB\nMemFree: 1 kB\n", 16_307_244L * 1024)]
    [TestCase("nothing", 0L)]
    public void ParseMemoryTotal_Text_GivesBytes(string text, long bytes) => Assert.That(LocalNode.ParseMemoryTotal(text), Is.EqualTo(bytes));

    [TestCase("", "")]
    [TestCase("-1", "")]
    [TestCase("NoDevFiles", "")]
    [TestCase("0,1", "0,1")]
    [TestCase(" 2 , 0 ", "2,0")]
    [TestCase("0,-1,1", "0")]
    [TestCase("1,1", "1")]
    [TestCase("GPU-8932f937,MIG-3eb87630", "GPU-8932f937,MIG-3eb87630")]
    public void VisibleDevices_Value_GivesIds(string value, string ids) => Assert.That(string.Join(',', VisibleDevices.Parse(value)), Is.EqualTo(ids));

    [TestCase("0\n1\n2\n3\n", "0,1,2,3")]
    [TestCase("0\r\n1\r\n", "0,1")]
    [TestCase("", "")]
    [TestCase("No devices were found\n", "")]
    [TestCase("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n", "")]
    public void NvidiaSmi_Output_GivesNumbers(string output, string ids) => Assert.That(string.Join(',', NvidiaSmi.Parse(output)), Is.EqualTo(ids));
}
