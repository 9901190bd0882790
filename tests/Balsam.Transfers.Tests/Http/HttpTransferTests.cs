using System.Net;
using System.Net.Sockets;
using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Http;
using Balsam.Transfers.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;

namespace Balsam.Transfers.Tests.Http;

public sealed class HttpTransferTests
{
    private const int Size = 2_000_000;

    private CopySite _site = null!;
    private FileServer _server = null!;
    private HttpTransferProvider _provider = null!;
    private FakeTimeProvider _time = null!;

    [SetUp]
    public async Task SetUp()
    {
        _site = new CopySite();
        _server = await FileServer.StartAsync();
        _server.Content = CopySite.Bytes(Size);
        _time = new FakeTimeProvider();
        _provider = new HttpTransferProvider(_time);
    }

    [TearDown]
    public async Task TearDown()
    {
        _provider.Dispose();
        await _server.DisposeAsync();
        _site.Dispose();
    }

    [Test]
    public async Task Move_AFile_ArrivesInOneRequest()
    {
        TransferResult result = await GetAsync();
        Assert.That((result.Failure, result.Files, result.Bytes), Is.EqualTo(((TransferException?)null, 1, (long)Size)));
        AssertArrived();
        Assert.That(_server.Asked, Is.EqualTo((long[])[0]));
    }

    [Test]
    public async Task Move_AFileOfNoBytes_Arrives()
    {
        _server.Content = [];
        Assert.That((await GetAsync()).Failure, Is.Null);
        AssertArrived();
    }

    [Test]
    public async Task Move_IntoTheWorkdirItself_TakesTheNameOfTheAddress()
    {
        _server.Query = "?token=1";
        Assert.That((await GetAsync("/data/my%20mesh.dat?token=1", local: ".")).Failure, Is.Null);
        Assert.That(File.Exists(Path.Combine(_site.Workdir, "my mesh.dat")), Is.True);
    }

    [Test]
    public async Task Move_FromALocation_GoesBelowItsPath()
    {
        TransferTask task = _site.Task(TransferDirection.In, "a", "/sub dir/a");
        TransferResult result = await MoveAsync(new Uri(_server.Address, "/base"), task);
        Assert.That(result.Failure, Is.Null);
        AssertArrived();
    }

    [Test]
    public async Task Move_ConnectionCutInTheMiddle_GoesOnByARange([Values] bool byTag)
    {
        (_server.Tag, _server.LastModified) = byTag ? ("\"v1\"", (DateTimeOffset?)null) : (null, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        _server.CutAfter = 700_000;
        TransferResult first = await GetAsync();
        Assert.That(first.Failure, Has.Property("IsTransient").True);
        Assert.That(File.Exists(Path.Combine(_site.Workdir, "a")), Is.False);

        _server.CutAfter = null;
        _server.Asked.Clear();
        Assert.That((await GetAsync()).Failure, Is.Null);
        AssertArrived();
        Assert.That(_server.Asked, Has.Some.InRange(1, 700_000), "it went on where it was cut");
    }

    [Test]
    public async Task Move_CutAndTheServerIgnoresRanges_SkipsWhatIsThere()
    {
        _server.CutAfter = 700_000;
        await GetAsync();
        (_server.CutAfter, _server.ServesRanges) = (null, false);
        Assert.That((await GetAsync()).Failure, Is.Null);
        AssertArrived();
    }

    [Test]
    public async Task Move_CutAndTheFileChanged_StartsAgain()
    {
        _server.CutAfter = 700_000;
        await GetAsync();
        (_server.CutAfter, _server.Tag, _server.Content) = (null, "\"v2\"", CopySite.Bytes(Size, seed: 2));
        Assert.That((await GetAsync()).Failure, Is.Null);
        AssertArrived();
    }

    [TestCase(null)]
    [TestCase("W/\"v1\"")]
    public async Task Move_CutAndNoStrongVersionIsTold_StartsAgain(string? tag)
    {
        _server.Tag = tag;
        _server.CutAfter = 700_000;
        await GetAsync();
        (_server.CutAfter, _server.Content) = (null, CopySite.Bytes(Size, seed: 2));
        _server.Asked.Clear();
        Assert.That((await GetAsync()).Failure, Is.Null);
        AssertArrived();
        Assert.That(_server.Asked, Is.All.Zero);
    }

    [Test]
    public async Task Move_FileChangesBetweenTheLookAndTheRange_FailsForNowThenArrives()
    {
        _server.CutAfter = 700_000;
        await GetAsync();
        _server.CutAfter = null;
        await using var tree = new HttpTree(new HttpClient(), _time, _server.Address);
        await tree.FindAsync("/a", default);
        _server.Tag = "\"v2\"";
        TransferException? failure = await Assert.ThrowsAsync<TransferException>(() => tree.OpenReadAsync("/a", 1000, default));
        Assert.That(failure!.IsTransient, Is.True);
        Assert.That(failure.Message, Does.Contain("has changed at the server"));
    }

    [TestCase(HttpStatusCode.NotFound, false)]
    [TestCase(HttpStatusCode.Gone, false)]
    [TestCase(HttpStatusCode.Forbidden, false)]
    [TestCase(HttpStatusCode.Unauthorized, false)]
    [TestCase(HttpStatusCode.RequestTimeout, true)]
    [TestCase(HttpStatusCode.TooManyRequests, true)]
    [TestCase(HttpStatusCode.InternalServerError, true)]
    [TestCase(HttpStatusCode.ServiceUnavailable, true)]
    public async Task Move_AnsweredWithAnError_FailsForGoodOrForNow(HttpStatusCode status, bool isTransient)
    {
        (_server.Status, _server.Query) = (status, "?signature=secret");
        TransferResult result = await GetAsync("/a?signature=secret");
        Assert.That(result.Failure, Has.Property("IsTransient").EqualTo(isTransient));
        Assert.That(result.Failure!.Message, Does.Contain($"{(int)status}").And.Contain("/a").And.Not.Contain("secret"));
        Assert.That(Directory.GetFileSystemEntries(_site.Workdir), Is.Empty);
    }

    [Test]
    public async Task Move_NobodyAnswers_FailsForNow()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        int port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        TransferResult result = await GetAsync(new Uri($"http://127.0.0.1:{port}/a"), "a");
        Assert.That(result.Failure, Has.Property("IsTransient").True);
        Assert.That(result.Failure!.Message, Does.Contain("cannot be reached"));
    }

    [Test]
    public async Task Read_AServerThatFallsSilent_IsGivenUp()
    {
        using var silent = new SilentStream();
        await using var stream = new PatientStream(silent, TimeSpan.FromMinutes(1), _time, silent);
        ValueTask<int> reading = stream.ReadAsync(new byte[10]);
        Assert.That(reading.IsCompleted, Is.False);

        _time.Advance(TimeSpan.FromSeconds(61));
        IOException? failure = await Assert.ThrowsAsync<IOException>(() => reading.AsTask());
        Assert.That(failure!.Message, Does.Contain("sent nothing for 60 seconds"));
    }

    [Test]
    public async Task Move_RedirectedOnTheSameServer_Follows()
    {
        _server.RedirectTo = "/elsewhere";
        Assert.That((await GetAsync("/redirect")).Failure, Is.Null);
        AssertArrived();
    }

    [Test]
    public async Task Move_RedirectedToAFile_IsRefused()
    {
        File.WriteAllText(Path.Combine(_site.Outside, "secret"), "secret");
        _server.RedirectTo = $"file://{_site.Outside}/secret";
        TransferResult result = await GetAsync("/redirect");
        Assert.That(result.Failure, Has.Property("IsTransient").False);
        Assert.That(Directory.GetFileSystemEntries(_site.Workdir), Is.Empty);
    }

    [Test]
    public async Task Move_Out_IsRefused()
    {
        File.WriteAllText(Path.Combine(_site.Workdir, "a"), "a");
        TransferResult result = await MoveAsync(_server.Address, _site.Task(TransferDirection.Out, "a", "/a"));
        Assert.That(result.Failure, Has.Property("IsTransient").False);
        Assert.That(result.Failure!.Message, Does.Contain("HTTP brings files in only"));
    }

    [Test]
    public async Task Move_ADirectory_IsRefused()
    {
        TransferResult result = await MoveAsync(_server.Address, _site.Task(TransferDirection.In, "a", "/a", isRecursive: true));
        Assert.That(result.Failure, Has.Property("IsTransient").False);
        Assert.That(result.Failure!.Message, Does.Contain("HTTP has none"));
        Assert.That(_server.Asked, Is.Empty);
    }

    private void AssertArrived()
    {
        CopySite.AssertHolds(Path.Combine(_site.Workdir, "a"), _server.Content);
        Assert.That(Directory.GetFileSystemEntries(_site.Workdir), Has.Length.EqualTo(1));
    }

    private Task<TransferResult> GetAsync(string path = "/a", string local = "a") => GetAsync(new Uri(_server.Address, path), local);

    private Task<TransferResult> GetAsync(Uri uri, string local)
    {
        TransferTask task = _site.Task(TransferDirection.In, local, "/x");
        return MoveAsync(new Uri(uri.GetLeftPart(UriPartial.Authority)), task with { RemotePath = uri.AbsoluteUri, Item = task.Item with { Remote = TransferAddress.Parse(uri.AbsoluteUri) } });
    }

    private async Task<TransferResult> MoveAsync(Uri endpoint, TransferTask task)
    {
        List<TransferResult> results = [];
        await foreach (TransferResult result in _provider.MoveAsync(new TransferBatch(endpoint, task.Item.Direction, [task]), default))
        {
            results.Add(result);
        }

        return results.Single();
    }

    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
