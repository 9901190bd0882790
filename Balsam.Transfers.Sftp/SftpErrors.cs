using System.Net.Sockets;
using Balsam.Launch.Staging;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace Balsam.Transfers.Sftp;

/// <summary>Says what went wrong at a host, and whether it may go better later.</summary>
internal sealed class SftpErrors(SftpEndpoint endpoint)
{
    /// <summary>Connecting went wrong.</summary>
    public TransferException Connecting(Exception exception) => exception switch
    {
        SshAuthenticationException => Lasting($"refuses the user '{endpoint.User}': {Sentence(exception)} See that the key is in the user's authorized_keys there, or that the password is right.", exception),
        SshOperationTimeoutException => Passing($"does not answer: {Sentence(exception)} See that it is up, and that no firewall is between.", exception),
        SocketException { SocketErrorCode: SocketError.HostNotFound } => Passing($"has a name that nobody knows: {Sentence(exception)} See that the location's address is right.", exception),
        SocketException => Passing($"cannot be reached: {Sentence(exception)} See that it is up, and that the port is right.", exception),
        UnauthorizedAccessException => Lasting($"cannot be checked: {Sentence(exception)} Let this account read SftpOptions.KnownHostsFile.", exception),
        _ => Passing($"did not take the connection: {Sentence(exception)}", exception),
    };

    /// <summary>Something that was asked of a file went wrong.</summary>
    /// <param name="asked">What was asked: <c>read</c>.</param>
    /// <param name="path">The file.</param>
    /// <param name="exception">What was thrown.</param>
    public TransferException Asking(string asked, string path, Exception exception) => exception switch
    {
        TransferException known => known,
        SftpPathNotFoundException => Lasting($"has no '{path}' to {asked}. Put it there, or correct the path of the job.", exception),
        SftpPermissionDeniedException => Lasting($"does not let the user '{endpoint.User}' {asked} '{path}'. Change its permissions, or log in as a user who may.", exception),
        SftpException { StatusCode: StatusCode.BadMessage or StatusCode.OperationUnsupported } => Lasting($"cannot {asked} '{path}': {Sentence(exception)} Choose another name, or another server.", exception),
        SftpException { StatusCode: StatusCode.Failure } => Passing($"failed to {asked} '{path}' and gives no reason. Often its disk is full, or a quota is reached: look there.", exception),
        SshOperationTimeoutException => Passing($"has not answered in time when asked to {asked} '{path}'. What has arrived stays; the rest follows.", exception),
        _ => Passing($"was lost when asked to {asked} '{path}': {Sentence(exception)} What has arrived stays; the rest follows.", exception),
    };

    /// <summary>Something is wrong that no exception says.</summary>
    public TransferException Lasting(string what, Exception? cause = null) => new($"{endpoint} {what}", isTransient: false, cause);

    /// <summary>Something is wrong now that no exception says.</summary>
    public TransferException Passing(string what, Exception? cause = null) => new($"{endpoint} {what}", isTransient: true, cause);

    private static string Sentence(Exception exception) => exception.Message.TrimEnd().TrimEnd('.') + ".";
}
