namespace Balsam.Storage.Embedded;

/// <summary>The applications that an embedded store has recorded, by name.</summary>
internal sealed class ApplicationBook
{
    private readonly SortedDictionary<ApplicationName, ApplicationRecord> _records = [];

    public IReadOnlyList<ApplicationRecord> All => [.. _records.Values];

    public void Load(IEnumerable<ApplicationRecord> stored)
    {
        _records.Clear();
        foreach (ApplicationRecord record in stored)
        {
            _records.Add(record.Name, record);
        }
    }

    /// <summary>Records an application unless it is known so. It takes the place of the record of a former name, and its first instant with it.</summary>
    public void Register(ApplicationRecord application, DateTimeOffset now, WriteBatch batch)
    {
        ApplicationRecord? known = Find(application.Name, batch);
        ApplicationRecord[] former = [.. application.FormerNames.Where(name => name != application.Name).Select(name => Find(name, batch)).OfType<ApplicationRecord>()];
        if (known is not null && former.Length == 0 && known.SaysTheSameAs(application))
        {
            return;
        }

        foreach (ApplicationRecord renamed in former)
        {
            batch.RemoveApplication(renamed.Name);
        }

        batch.Put(application with { FirstRegisteredAt = former.Append(known).OfType<ApplicationRecord>().Select(record => record.FirstRegisteredAt).Append(now).Min(), LastChangedAt = now });
    }

    public void Publish(WriteBatch batch)
    {
        foreach (ApplicationName name in batch.RemovedApplications)
        {
            _records.Remove(name);
        }

        foreach (ApplicationRecord record in batch.Applications)
        {
            _records[record.Name] = record;
        }
    }

    private ApplicationRecord? Find(ApplicationName name, WriteBatch batch) =>
        batch.Applications.FirstOrDefault(record => record.Name == name) ?? (batch.RemovedApplications.Contains(name) ? null : _records.GetValueOrDefault(name));
}
