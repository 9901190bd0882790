using System.Globalization;
using System.Runtime.InteropServices;

namespace Balsam.Launch.Staging.Trees;

/// <summary>What the system knows of a file: the structure of statx, which is the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileFacts
{
    private const int TypeMask = 0xF000;
    private const int PermissionMask = 0x1FF;

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(32)]
    private readonly ulong _number;

    [FieldOffset(40)]
    private readonly long _size;

    [FieldOffset(112)]
    private readonly long _modifiedSeconds;

    [FieldOffset(120)]
    private readonly uint _modifiedNanoseconds;

    [FieldOffset(136)]
    private readonly uint _deviceMajor;

    [FieldOffset(140)]
    private readonly uint _deviceMinor;

    public FileEntryKind Kind => (_mode & TypeMask) switch
    {
        0x8000 => FileEntryKind.File,
        0x4000 => FileEntryKind.Directory,
        0xA000 => FileEntryKind.Link,
        _ => FileEntryKind.Other,
    };

    public long Size => _size;

    public UnixFileMode Mode => (UnixFileMode)(_mode & PermissionMask);

    /// <summary>Which file it is, and when it was last written.</summary>
    public string Version => string.Create(CultureInfo.InvariantCulture, $"{_deviceMajor:x}.{_deviceMinor:x}.{_number:x}.{_modifiedSeconds:x}.{_modifiedNanoseconds:x}");

    public FileEntry ToEntry(string path, string? linkTarget) =>
        new(path, Kind, Kind == FileEntryKind.File ? _size : null, Version, Mode) { LinkTarget = linkTarget };
}
