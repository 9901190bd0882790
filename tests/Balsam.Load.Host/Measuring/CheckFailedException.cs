namespace Balsam.Load.Host.Measuring;

/// <summary>Something that must hold under load does not.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);
