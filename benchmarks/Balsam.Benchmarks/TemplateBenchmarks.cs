using BenchmarkDotNet.Attributes;

namespace Balsam.Benchmarks;

[MemoryDiagnoser]
public class TemplateBenchmarks
{
    private readonly string _text = "relax --steps {{ steps }} --temperature {{ temperature }} {{ structure }} > energy.txt";
    private readonly CommandTemplate _template = "relax --steps {{ steps }} --temperature {{ temperature }} {{ structure }} > energy.txt";
    private readonly JobData _parameters = Samples.Addition(1).Parameters;

    [Benchmark]
    public CommandTemplate Parse() => new(_text);

    [Benchmark]
    public string Render() => _template.Render(_parameters);
}
