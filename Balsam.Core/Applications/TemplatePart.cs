namespace Balsam;

/// <summary>A piece of a template: literal text, or the name of a parameter.</summary>
internal readonly record struct TemplatePart(string Text, bool IsName);
