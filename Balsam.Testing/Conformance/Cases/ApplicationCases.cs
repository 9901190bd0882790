using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>The records of applications.</summary>
internal static class ApplicationCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Application_Registered_IsListedWithEveryField", "Every field of a registered application comes back; the instants are the store's.", RoundTrip),
        new("Application_RegisteredAgain_StaysAsItWas", "An application that is registered as it is known keeps its record, instants and all.", Unchanged),
        new("Application_RegisteredOtherwise_IsReplaced", "An application that has changed is recorded anew, and keeps the instant at which it first came.", Changed),
        new("Application_Several_AreListedByName", "Applications are listed by name, compared letter by letter; names that differ in case are different.", Ordered),
        new("Application_Renamed_TakesThePlaceOfItsFormerName", "An application takes over the records of its former names: they are listed no more, and the oldest first instant is kept.", Renamed),
        new("Application_RegisteredInOneCall_IsSeenByTheNext", "Of one call, a later record sees what an earlier one did.", OneCall),
        new("Application_AfterReopening_IsThere", "Records survive, renames too.", Reopened, needsDurability: true),
    ];

    private static ApplicationRecord Odd => new()
    {
        Name = "Odd-app_1.0",
        Description = "Bäckt \"漢字\" 🌲 \r\n",
        Command = "odd --in {{ input }} '; drop table' \u2028",
        Parameters = [ApplicationParameter.Mandatory("input", "the 'file'"), ApplicationParameter.Optional("tolerance", 1e-4), new ApplicationParameter("note", false, null, null)],
        Resources = FieldCases.OddAddition.Resources,
        FormerNames = ["Odd", "odd.0"],
        ClassName = "Some.Space.Outer+Odd`1",
    };

    private static ApplicationRecord Plain(string name, params IEnumerable<ApplicationName> former) => new() { Name = name, ClassName = name, FormerNames = [.. former] };

    private static Task RegisterAsync(StoreConformanceContext context, params ApplicationRecord[] applications) => context.Store.RegisterApplicationsAsync(applications, CancellationToken.None);

    private static Task<IReadOnlyList<ApplicationRecord>> ListAsync(StoreConformanceContext context) => context.Store.ListApplicationsAsync(CancellationToken.None);

    private static async Task RoundTrip(StoreConformanceContext context)
    {
        await RegisterAsync(context, Odd);
        DateTimeOffset now = context.Now.ToStoredInstant();
        Check.Sequence([Odd with { FirstRegisteredAt = now, LastChangedAt = now }], await ListAsync(context), "The applications");
    }

    private static async Task Unchanged(StoreConformanceContext context)
    {
        await RegisterAsync(context, Odd);
        IReadOnlyList<ApplicationRecord> before = await ListAsync(context);
        context.Fixture.Advance(TimeSpan.FromHours(1));
        await RegisterAsync(context, Odd with { FirstRegisteredAt = context.Now, LastChangedAt = context.Now });
        Check.Sequence(before, await ListAsync(context), "The applications");
    }

    private static async Task Changed(StoreConformanceContext context)
    {
        await RegisterAsync(context, Odd, Plain("Other"));
        ApplicationRecord first = (await ListAsync(context))[0];
        foreach (ApplicationRecord changed in (IEnumerable<ApplicationRecord>)
            [
                Odd with { Description = null }, Odd with { Command = null }, Odd with { Resources = JobResources.Default }, Odd with { FormerNames = [] }, Odd with { ClassName = "Odd" },
                Odd with { Parameters = [ApplicationParameter.Mandatory("input", "the file")] },
            ])
        {
            context.Fixture.Advance(TimeSpan.FromHours(1));
            await RegisterAsync(context, changed);
            IReadOnlyList<ApplicationRecord> listed = await ListAsync(context);
            Check.Equal(changed with { FirstRegisteredAt = first.FirstRegisteredAt, LastChangedAt = context.Now.ToStoredInstant() }, listed[0], "The changed application");
            Check.Equal(first.LastChangedAt, listed[1].LastChangedAt, "LastChangedAt of the application that was left alone");
        }
    }

    private static async Task Ordered(StoreConformanceContext context)
    {
        await RegisterAsync(context, Plain("b"), Plain("a.1"), Plain("B"), Plain("a"));
        await RegisterAsync(context, Plain("A"));
        Check.Sequence(["A", "B", "a", "a.1", "b"], (await ListAsync(context)).Select(application => application.Name.Value), "The applications");
    }

    private static async Task Renamed(StoreConformanceContext context)
    {
        await RegisterAsync(context, Plain("First"));
        DateTimeOffset first = context.Now.ToStoredInstant();
        context.Fixture.Advance(TimeSpan.FromHours(1));
        await RegisterAsync(context, Plain("Second"), Plain("Third"));
        context.Fixture.Advance(TimeSpan.FromHours(1));
        await RegisterAsync(context, Plain("Third", "Second", "First", "NeverSeen"));
        DateTimeOffset now = context.Now.ToStoredInstant();
        Check.Sequence([Plain("Third", "Second", "First", "NeverSeen") with { FirstRegisteredAt = first, LastChangedAt = now }], await ListAsync(context), "The applications");
    }

    private static async Task OneCall(StoreConformanceContext context)
    {
        await RegisterAsync(context, Plain("Old"), Plain("New", "Old"), Plain("New", "Old"));
        Check.Sequence(["New"], (await ListAsync(context)).Select(application => application.Name.Value), "The applications");
    }

    private static async Task Reopened(StoreConformanceContext context)
    {
        await RegisterAsync(context, Odd, Plain("Old"));
        await RegisterAsync(context, Plain("New", "Old"));
        IReadOnlyList<ApplicationRecord> before = await ListAsync(context);
        context.Fixture.Advance(TimeSpan.FromHours(1));
        await context.Fixture.ReopenAsync();
        Check.Sequence(before, await ListAsync(context), "The applications");
        await RegisterAsync(context, Odd, Plain("New", "Old"));
        Check.Sequence(before, await ListAsync(context), "The applications, registered again");
    }
}
