using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Running;

/// <summary>Reads the last lines of a job's output for messages, whatever the output holds, in bounded memory and time.</summary>
internal static class Tail
{
    private const int BlockLength = 64 * 1024;
    private const int LongestLook = 8 << 20;
    private const int BytesPerCharacter = 4;
    private const char Replacement = '\uFFFD';
    private const char Omission = '…';

    /// <summary>Reads the last lines.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">How many lines at most.</param>
    /// <param name="lineLength">After how many characters a line is cut.</param>
    /// <returns>The lines, oldest first; none when the file cannot be read. What no terminal should see is replaced by visible characters.</returns>
    public static IReadOnlyList<string> Read(string path, int lines = 10, int lineLength = 2_000) => Read(() => Open(path), lines, lineLength);

    /// <summary>Reads the last lines of a file that is yet to be opened.</summary>
    /// <param name="open">Opens it without waiting for the other end of a pipe; null when it cannot.</param>
    /// <param name="lines">How many lines at most.</param>
    /// <param name="lineLength">After how many characters a line is cut.</param>
    /// <returns>The lines, as above.</returns>
    public static IReadOnlyList<string> Read(Func<SafeFileHandle?> open, int lines = 10, int lineLength = 2_000)
    {
        try
        {
            using SafeFileHandle? file = open();
            return file is null || lines <= 0 ? [] : Read(file, lines, lineLength);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return [];
        }
    }

    /// <summary>Makes a line safe to show: control and invisible characters become visible ones.</summary>
    internal static string Visible(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            result.Append(c switch
            {
                '\t' => c,
                < ' ' => (char)('\u2400' + c),
                '\u007F' => '\u2421',
                _ when char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                    => Replacement,
                _ => c,
            });
        }

        return result.ToString();
    }

    // A job may put a pipe in the place of its output; opening that must not block.
    private static unsafe SafeFileHandle? Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }

        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* pointer = name)
        {
            int fd = LibC.Open(pointer, LibC.OpenReadOnly | LibC.OpenCloseOnExec | LibC.OpenNonBlocking, 0);
            return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
        }
    }

    private static List<string> Read(SafeFileHandle file, int lines, int lineLength)
    {
        long length = RandomAccess.GetLength(file);
        long first = Math.Max(0, length - LongestLook);
        byte[] block = new byte[(int)Math.Min(BlockLength, length)];

        // Where lines begin, newest first. A line end at the very end of the file begins no line.
        var starts = new List<long>();
        long end = length;
        for (long at = length; at > first && starts.Count < lines;)
        {
            int count = (int)Math.Min(block.Length, at - first);
            at -= count;
            count = ReadFully(file, block.AsSpan(0, count), at);
            for (int i = count - 1; i >= 0 && starts.Count < lines; i--)
            {
                if (block[i] != (byte)'\n')
                {
                    continue;
                }

                if (at + i == length - 1)
                {
                    end = length - 1;
                }
                else
                {
                    starts.Add(at + i + 1);
                }
            }
        }

        bool cutAtStart = false;
        if (starts.Count < lines && length > 0)
        {
            starts.Add(first);
            cutAtStart = first > 0;
        }

        var result = new List<string>(starts.Count);
        for (int i = starts.Count - 1; i >= 0; i--)
        {
            long lineEnd = i == 0 ? end : starts[i - 1] - 1;
            string line = ReadLine(file, starts[i], lineEnd, lineLength);
            result.Add(cutAtStart && i == starts.Count - 1 ? Omission + line : line);
        }

        return result;
    }

    private static string ReadLine(SafeFileHandle file, long start, long end, int lineLength)
    {
        byte[] bytes = new byte[(int)Math.Min(end - start, (long)lineLength * BytesPerCharacter)];
        int count = ReadFully(file, bytes, start);
        ReadOnlySpan<char> text = Encoding.UTF8.GetString(bytes.AsSpan(0, count));
        bool whole = count == end - start;
        if (whole && text.EndsWith("\r"))
        {
            text = text[..^1];
        }

        if (whole && text.Length <= lineLength)
        {
            return Visible(text);
        }

        text = text[..Math.Min(text.Length, lineLength)];
        return Visible(text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[..^1] : text) + Omission;
    }

    private static int ReadFully(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        int total = 0;
        int got;
        while (total < buffer.Length && (got = RandomAccess.Read(file, buffer[total..], offset + total)) > 0)
        {
            total += got;
        }

        return total;
    }
}
