using System.Runtime.InteropServices;
using System.Text;

namespace Balsam.Launch.Running;

/// <summary>Memory for the zero-terminated strings and pointer tables of one start; given back all at once.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private const nuint ChunkSize = 64 * 1024;
    private readonly List<nint> _large = [];
    private byte* _chunk = (byte*)NativeMemory.Alloc(ChunkSize);
    private nuint _used;

    /// <summary>Copies text as UTF-8.</summary>
    public byte* Add(ReadOnlySpan<char> text) => Add(text, default, joined: false);

    /// <summary>Copies <c>name=value</c> as UTF-8.</summary>
    public byte* AddPair(ReadOnlySpan<char> name, ReadOnlySpan<char> value) => Add(name, value, joined: true);

    /// <summary>Makes room for pointers.</summary>
    public byte** AddTable(int count) => (byte**)Take((nuint)count * (nuint)sizeof(byte*));

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _used = 0;
        foreach (nint block in _large)
        {
            NativeMemory.Free((void*)block);
        }

        _large.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        NativeMemory.Free(_chunk);
        _chunk = null;
    }

    private byte* Add(ReadOnlySpan<char> first, ReadOnlySpan<char> second, bool joined)
    {
        int most = checked((3 * (first.Length + second.Length)) + 2);
        byte* start = Take((nuint)most);
        int length = Encoding.UTF8.GetBytes(first, new Span<byte>(start, most));
        if (joined)
        {
            start[length++] = (byte)'=';
            length += Encoding.UTF8.GetBytes(second, new Span<byte>(start + length, most - length));
        }

        start[length] = 0;
        return start;
    }

    private byte* Take(nuint size)
    {
        size = (size + 7) & ~(nuint)7;
        if (size <= ChunkSize - _used)
        {
            byte* start = _chunk + _used;
            _used += size;
            return start;
        }

        void* block = NativeMemory.Alloc(size);
        _large.Add((nint)block);
        return (byte*)block;
    }
}
