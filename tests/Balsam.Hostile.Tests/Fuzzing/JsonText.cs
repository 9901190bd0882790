using CsCheck;

namespace Balsam.Hostile.Tests.Fuzzing;

/// <summary>JSON as attackers and accidents write it.</summary>
internal static class JsonText
{
    private static readonly string[] Documents =
    [
        """{"a":"x","b":null,"n":3,"words":["p","q"]}""", """{"a":"x","a":"y"}""", """{"a":"\ud800"}""", """{"\udfff":1}""", """{"a":{"b":{"c":[1,2,{"d":1e999}]}}}""", """[1,2,3]""", "\"text\"", "null", "1e400", "-0", "{}", "",
        """{"a":1,"A":2}""", """{"":1}""", """{"a":"\u0000"}""", """{"n":123456789012345678901234567890,"a":0.1e-400}""", """{"a":tru}""", "{\"a\":\"\ud800\"}", """{"a":[[[[[[]]]]]],"words":{"0":"x"}}""", """{"a":true,"n":"3"}""", "\ufeff{}",
        new string('[', 64) + new string(']', 64), new string('[', 65) + new string(']', 65), new string('[', 100_000), string.Concat(Enumerable.Repeat("{\"a\":", 63)) + "1" + new string('}', 63),
    ];

    private static readonly string[] Splinters = ["\"", "{", "}", "[", "]", ",", ":", "\\", "\\u", "\\ud8", "\\ud83d\\udf32", "null", "1e999", "-", ".", "\0", "\ud800", "//", " ", "NaN", "\"a\":1,", "\"\":[],"];

    /// <summary>One of the documents, with up to three changes.</summary>
    public static Gen<string> Any { get; } = HostileText.OneOf(Documents).Select(Gen.Select(Gen.Int[0, int.MaxValue], HostileText.OneOf(Splinters), Gen.Bool).Array[0, 3]).Select((document, changes) =>
        changes.Aggregate(document, (text, change) =>
        {
            int at = change.Item1 % (text.Length + 1);
            return change.Item3 || at == text.Length ? text.Insert(at, change.Item2) : text.Remove(at, 1);
        }));
}
