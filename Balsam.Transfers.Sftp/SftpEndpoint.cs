using System.Globalization;
using Balsam.Launch.Staging;

namespace Balsam.Transfers.Sftp;

/// <summary>A host, and who logs in there.</summary>
internal sealed record SftpEndpoint(string Host, int Port, string User)
{
    private const int StandardPort = 22;

    public static SftpEndpoint Of(Uri address)
    {
        // What is in an address is stored and shown.
        if (address.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            throw new TransferException($"The address of the location at {address.Host} holds a password. Take it out, and name it as a secret: SftpOptions.Hosts[\"{address.Host}\"].PasswordSecret.", isTransient: false);
        }

        string user = Uri.UnescapeDataString(address.UserInfo);
        return new SftpEndpoint(address.IdnHost, address.Port < 0 ? StandardPort : address.Port, user.Length == 0 ? Environment.UserName : user);
    }

    public override string ToString() => Port == StandardPort ? $"sftp://{User}@{Host}" : string.Create(CultureInfo.InvariantCulture, $"sftp://{User}@{Host}:{Port}");
}
