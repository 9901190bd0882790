using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>The record of an application as a document, by name.</summary>
internal static class ApplicationDocument
{
    /// <summary>What the document is, in messages, before its name.</summary>
    public const string What = "the record of the application";

    public static BsonDocument Write(ApplicationRecord application) => DocumentSeal.Seal(new BsonDocument
    {
        ["_id"] = application.Name.Value,
        ["about"] = application.Description,
        ["command"] = application.Command,
        ["params"] = new BsonArray(application.Parameters.Select(Write)),
        ["res"] = ResourcesDocument.Write(application.Resources),
        ["former"] = new BsonArray(application.FormerNames.Select(name => new BsonValue(name.Value))),
        ["class"] = application.ClassName,
        ["first"] = application.FirstRegisteredAt.ToUnixTimeMilliseconds(),
        ["changed"] = application.LastChangedAt.ToUnixTimeMilliseconds(),
    });

    public static ApplicationRecord Read(BsonDocument document) => new()
    {
        Name = DocumentSeal.Check(document, What)["_id"].AsString,
        Description = Text(document["about"]),
        Command = Text(document["command"]),
        Parameters = [.. document["params"].AsArray.Select(parameter => Read(parameter.AsDocument, Text(parameter["default"])))],
        Resources = ResourcesDocument.Read(document["res"].AsDocument),
        FormerNames = [.. document["former"].AsArray.Select(name => new ApplicationName(name.AsString))],
        ClassName = document["class"].AsString,
        FirstRegisteredAt = DateTimeOffset.FromUnixTimeMilliseconds(document["first"].AsInt64),
        LastChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(document["changed"].AsInt64),
    };

    private static BsonDocument Write(ApplicationParameter parameter) => new()
    {
        ["name"] = parameter.Name,
        ["required"] = parameter.Required,
        ["default"] = parameter.Default,
        ["help"] = parameter.Help,
    };

    private static ApplicationParameter Read(BsonDocument document, string? defaultValue) =>
        new(document["name"].AsString, document["required"].AsBoolean, defaultValue, Text(document["help"]));

    private static string? Text(BsonValue value) => value.IsString ? value.AsString : null;
}
