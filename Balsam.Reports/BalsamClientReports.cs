namespace Balsam;

/// <summary>Gives a client its reports.</summary>
public static class BalsamClientReports
{
    extension(BalsamClient client)
    {
        /// <summary>Writes what a campaign did, as a page and as CSV.</summary>
        public CampaignReports Reports => new(client);
    }
}
