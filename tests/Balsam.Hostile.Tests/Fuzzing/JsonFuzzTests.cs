using System.Text.Json;
using CsCheck;

namespace Balsam.Hostile.Tests.Fuzzing;

/// <summary>Broken JSON is refused where it comes in; what is taken can be used everywhere.</summary>
public sealed class JsonFuzzTests
{
    private const int Samples = 4_000;

    [Test]
    public void Parse_AnyText_GivesDataThatCanBeUsed_OrRefusesIt() => JsonText.Any.Sample(
        text =>
        {
            JobData data;
            try
            {
                data = JobData.Parse(text);
            }
            catch (JsonException)
            {
                return;
            }

            Use(data);
            Use(JobData.Restore(data.Json));
        },
        iter: Samples,
        threads: 1);

    [Test]
    public void With_AnyText_KeepsItOrRefusesIt() => HostileText.Any.Select(HostileText.Any).Sample(
        (name, value) =>
        {
            try
            {
                JobData data = new NewJob("Tool").WithData(name, value).Data;
                Assert.That(data.Get<string>(name), Is.EqualTo(value), "not changed on the way");
                Use(data);
            }
            catch (Exception exception) when (exception is JsonException || (exception is ArgumentException && name.Length == 0))
            {
                Assert.That(name.Length == 0 || HasHalf(name) || HasHalf(value), Is.True, $"refused: {exception.Message}");
                Assert.That(name.Length == 0 || exception.Message.Contains("Tool", StringComparison.Ordinal), Is.True, $"names the job: {exception.Message}");
            }
        },
        iter: Samples,
        threads: 1);

    private static void Use(JobData data)
    {
        _ = data.GetHashCode();
        Assert.That(data.Equals(JobData.Parse(data.Json)), Is.True, data.Json);
        foreach (string name in data.Names)
        {
            _ = Read<string>(data, name) && Read<int>(data, name) && Read<double>(data, name) && Read<decimal>(data, name) && Read<DateTimeOffset>(data, name) && Read<Dictionary<string, string>>(data, name) && Read<bool?>(data, name);
            _ = Read<string[]>(data, name) && Read<JobState>(data, name) && Read<char>(data, name) && Read<Guid>(data, name) && Read<byte[]>(data, name) && Read<object>(data, name);
        }

        Job job = Job.Create(new JobId(1), new JobAddition { Application = "Tool", Site = SiteName.Local, Data = data, Parameters = data }, [], DateTimeOffset.UnixEpoch);
        foreach (string path in (string[])["a", "a.b.c[2].d", "[0]", "['']", "words[1]", "n"])
        {
            foreach (object? value in (object?[])["x", 3, 1.5, long.MaxValue, true, null, DateTimeOffset.UnixEpoch])
            {
                foreach (Comparison comparison in Enum.GetValues<Comparison>())
                {
                    JobFilter filter = new JsonFilter(JsonSource.Data, JsonPath.Parse(path), comparison, JobData.From(value));
                    _ = filter.Matches(job);
                    _ = filter.ToString();
                }
            }
        }

        try
        {
            JobData more = data.With("more", data.Root).With("less", 1).Without("a");
            Assert.That(more.Contains("a"), Is.False);
        }
        catch (Exception exception) when (exception is JsonException || (exception is InvalidOperationException && data.Root.ValueKind != JsonValueKind.Object))
        {
            // Too deep now; or no object, which is what the documentation says.
        }
    }

    private static bool Read<T>(JobData data, string name)
    {
        try
        {
            _ = data.Get<T>(name);
        }
        catch (JsonException exception)
        {
            Assert.That(exception.Message, Does.Contain("cannot be read as").Or.Contain("JSON"));
        }

        return true;
    }

    private static bool HasHalf(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
