using Balsam.Launch.Staging;
using Balsam.Transfers.Tests.Doubles;
using CsCheck;

namespace Balsam.Transfers.Tests.Copying;

public sealed class CopyPropertyTests
{
    private static readonly Gen<(string Path, int Size)> GenFile = Gen.Select(
        Gen.OneOf(Gen.Const(""), Gen.Const("d/"), Gen.Const("d/e/"), Gen.Const("f f/")),
        Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("c c"), Gen.Const(".hidden")),
        Gen.Frequency((3, Gen.Int[0, 100]), (3, Gen.Int[4000, 9000]), (1, Gen.Int[1_000_000, 1_200_000])),
        (directory, name, size) => (directory + name, size));

    private static readonly Gen<((string Path, int Size)[] Files, int[] Cuts, TransferDirection Direction)> GenCase = Gen.Select(
        GenFile.Array[0, 8], Gen.Int[0, 1_500_000].Array[0, 4], Gen.OneOf(Gen.Const(TransferDirection.In), Gen.Const(TransferDirection.Out)));

    [Test]
    public async Task Move_AnyTreeCutAnywhere_EndsIdentical() => await GenCase.SampleAsync(
        async example =>
        {
            using var site = new CopySite();
            bool isIn = example.Direction == TransferDirection.In;
            string source = Directory.CreateDirectory(Path.Combine(isIn ? site.Far : site.Workdir, "from")).FullName;
            foreach ((string path, int size) in example.Files)
            {
                string file = Path.Combine(source, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, CopySite.Bytes(size, size));
            }

            TreeDouble far = site.Remote();
            foreach (int cut in example.Cuts)
            {
                (far.CutReadsAt, far.CutWritesAt) = (far.Read + cut, far.Written + cut);
                await MoveAsync();
            }

            (far.CutReadsAt, far.CutWritesAt) = (null, null);
            TransferResult last = await MoveAsync();
            Assert.That(last.Failure, Is.Null);
            Assert.That(CopySite.Picture(Path.Combine(isIn ? site.Workdir : site.Far, "to")), Is.EqualTo(CopySite.Picture(source)));

            Task<TransferResult> MoveAsync() => isIn ? site.InAsync("to", "/from", isRecursive: true, far) : site.OutAsync("from", "/to", isRecursive: true, far);
        },
        iter: 60,
        threads: 1);
}
