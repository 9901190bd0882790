namespace Balsam;

/// <summary>Says which call chose a store, so that two stores in one host are told apart at start. Every <c>Use…</c> call of a store registers one.</summary>
/// <param name="Call">The call as the user wrote it, for example <c>UseLiteDb("campaign.db")</c>.</param>
public sealed record StoreRegistration(string Call);
