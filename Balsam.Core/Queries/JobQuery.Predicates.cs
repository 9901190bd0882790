using System.Linq.Expressions;

namespace Balsam;

/// <content>Reads with a condition of their own. Without these, the methods of the same names for any asynchronous sequence would read every job.</content>
public sealed partial class JobQuery
{
    /// <summary>Reads the first job that meets a condition.</summary>
    /// <param name="predicate">The condition, as for <see cref="Where(Expression{Func{Job, bool}})"/>.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job.</returns>
    /// <exception cref="JobQueryException">There is none.</exception>
    public Task<Job> FirstAsync(Expression<Func<Job, bool>> predicate, CancellationToken cancellationToken = default) => Where(predicate).FirstAsync(cancellationToken);

    /// <summary>Reads the first job that meets a condition, if there is one.</summary>
    /// <param name="predicate">The condition, as for <see cref="Where(Expression{Func{Job, bool}})"/>.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job; null when there is none.</returns>
    public Task<Job?> FirstOrDefaultAsync(Expression<Func<Job, bool>> predicate, CancellationToken cancellationToken = default) => Where(predicate).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Reads the only job that meets a condition.</summary>
    /// <param name="predicate">The condition, as for <see cref="Where(Expression{Func{Job, bool}})"/>.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job.</returns>
    /// <exception cref="JobQueryException">There is none, or more than one.</exception>
    public Task<Job> SingleAsync(Expression<Func<Job, bool>> predicate, CancellationToken cancellationToken = default) => Where(predicate).SingleAsync(cancellationToken);

    /// <summary>Reads the only job that meets a condition, if there is one.</summary>
    /// <param name="predicate">The condition, as for <see cref="Where(Expression{Func{Job, bool}})"/>.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The job; null when there is none.</returns>
    /// <exception cref="JobQueryException">There is more than one.</exception>
    public Task<Job?> SingleOrDefaultAsync(Expression<Func<Job, bool>> predicate, CancellationToken cancellationToken = default) => Where(predicate).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Whether any job meets a condition.</summary>
    /// <param name="predicate">The condition, as for <see cref="Where(Expression{Func{Job, bool}})"/>.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Whether there is.</returns>
    public Task<bool> ExistsAsync(Expression<Func<Job, bool>> predicate, CancellationToken cancellationToken = default) => Where(predicate).ExistsAsync(cancellationToken);

    /// <summary>Counts the jobs that meet a condition.</summary>
    /// <param name="predicate">The condition, as for <see cref="Where(Expression{Func{Job, bool}})"/>.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The number.</returns>
    public Task<long> CountAsync(Expression<Func<Job, bool>> predicate, CancellationToken cancellationToken = default) => Where(predicate).CountAsync(cancellationToken);
}
