namespace Balsam;

/// <summary>One <c>AddApplication</c> call.</summary>
/// <param name="Type">The class.</param>
/// <param name="Name">The stored name.</param>
internal sealed record ApplicationRegistration(Type Type, ApplicationName Name);
