using Balsam.Storage.LiteDb.Files;

namespace Balsam.Crash;

/// <summary>A file whose every operation is an instant at which the host can be killed, a write also in its middle.</summary>
internal sealed class KillingDevice : IFileDevice
{
    private readonly IFileDevice _file;
    private readonly KillSwitch _kill;
    private readonly string _write;
    private readonly string _sync;
    private readonly string _cut;

    private KillingDevice(IFileDevice file, KillSwitch kill, string name)
    {
        _file = file;
        _kill = kill;
        (_write, _sync, _cut) = (name + ".write", name + ".sync", name + ".cut");
    }

    public long Length => _file.Length;

    public static IFileDevice Open(string path, KillSwitch kill) => new KillingDevice(FileDevice.Open(path), kill, Path.GetExtension(path).TrimStart('.'));

    public int Read(Span<byte> buffer, long position) => _file.Read(buffer, position);

    public void Write(ReadOnlySpan<byte> buffer, long position)
    {
        byte[] half = buffer[..(buffer.Length / 2)].ToArray();
        _kill.Tick(_write, () => _file.Write(half, position));
        _file.Write(buffer, position);
    }

    public void SetLength(long length)
    {
        _kill.Tick(_cut);
        _file.SetLength(length);
    }

    public void Sync()
    {
        _kill.Tick(_sync);
        _file.Sync();
    }

    public void Dispose() => _file.Dispose();
}
