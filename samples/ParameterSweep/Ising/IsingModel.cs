namespace ParameterSweep.Ising;

/// <summary>Spins on a square lattice with periodic borders, coupling 1, no field; Metropolis steps in checkerboard order.</summary>
internal sealed class IsingModel
{
    private readonly int _side;
    private readonly sbyte[] _spins;
    private Xoshiro256 _random;

    // A flip that costs the energy 2 × alignment is taken when 32 random bits are not above this. Alignment -4 … 4 stands at index 0 … 8.
    private readonly uint[] _thresholds = new uint[9];

    /// <summary>All spins up: below the critical temperature that is close to equilibrium, above it is forgotten soon.</summary>
    public IsingModel(int side, double temperature, int seed)
    {
        _side = side;
        _spins = new sbyte[side * side];
        Array.Fill(_spins, (sbyte)1);
        _random = new Xoshiro256(unchecked(((ulong)(uint)seed << 32) ^ (ulong)BitConverter.DoubleToInt64Bits(temperature)));
        for (int alignment = -4; alignment <= 4; alignment++)
        {
            _thresholds[alignment + 4] = (uint)(uint.MaxValue * Math.Min(1, Math.Exp(-2 * alignment / temperature)));
        }
    }

    /// <summary>Offers every spin a flip, so many times.</summary>
    public void Sweep(int times)
    {
        for (int i = 0; i < 2 * times; i++)
        {
            for (int y = 0; y < _side; y++)
            {
                UpdateRow(y, first: (y + i) & 1);
            }
        }
    }

    /// <summary>The sum of all spins, and the energy.</summary>
    public (int Magnetisation, int Energy) Observe()
    {
        int sum = 0;
        int energy = 0;
        for (int y = 0; y < _side; y++)
        {
            ReadOnlySpan<sbyte> row = _spins.AsSpan(y * _side, _side);
            ReadOnlySpan<sbyte> below = _spins.AsSpan((y + 1 == _side ? 0 : y + 1) * _side, _side);
            for (int x = 0; x < row.Length; x++)
            {
                sum += row[x];
                energy -= row[x] * (below[x] + row[x + 1 == row.Length ? 0 : x + 1]);
            }
        }

        return (sum, energy);
    }

    // Every second spin of a row: none of them is a neighbour of another.
    private void UpdateRow(int y, int first)
    {
        Span<sbyte> row = _spins.AsSpan(y * _side, _side);
        ReadOnlySpan<sbyte> above = _spins.AsSpan((y == 0 ? _side - 1 : y - 1) * _side, _side);
        ReadOnlySpan<sbyte> below = _spins.AsSpan((y + 1 == _side ? 0 : y + 1) * _side, _side);
        ReadOnlySpan<uint> thresholds = _thresholds;
        Xoshiro256 random = _random;
        for (int x = first; x < row.Length; x += 2)
        {
            int left = row[x == 0 ? row.Length - 1 : x - 1];
            int right = row[x + 1 == row.Length ? 0 : x + 1];
            int alignment = row[x] * (above[x] + below[x] + left + right);
            int sign = random.NextBits() <= thresholds[alignment + 4] ? -1 : 1;
            row[x] = (sbyte)(sign * row[x]);
        }

        _random = random;
    }
}
