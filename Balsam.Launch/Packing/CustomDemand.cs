namespace Balsam.Launch.Packing;

/// <summary>An amount of a named resource, in parts.</summary>
internal readonly record struct CustomDemand(string Name, long Parts);
