namespace Balsam.Reports;

/// <summary>A part of the page.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Write">Writes what is below the heading.</param>
internal sealed record Section(string Id, string Title, Action<Markup, Report> Write);
