"""Secrets in the command lines of known programs, by the options and words before them."""

from __future__ import annotations

from typing import Final

#: What each is called in its place, its pattern, and the signs of which it has one.
COMMANDS: Final = (
    # Programs take a password right behind -p, and name it when they do not know the option.
    (
        "password",
        r"""(?P<keep> (?<! [^\s"'\[(,] ) (?-i: -p ) )
        (?! \[redacted | [/.] | [0-9:./]+ (?! [^\s"'\\,;:)] ) | [a-z-]{1,40} = )
        (?= [a-z_-]{0,60} (?-i: [A-Z0-9] ) | (?-i: [a-z_-]{0,60} [A-Z] ) )
        [^\s"'\\,;:)]{4,}""",
        ("-p",),
    ),
    (
        "password",
        r"""(?P<keep> (?: (?<! [\w-] ) (?> [\w-]*? \b (?= mariadb ) ) [\w-]++
        | \b (?: mysql\w* | mongo\w* | sshpass | redis-cli | cqlsh
        | twine | rabbitmqadmin | cypher-shell | couchbase-cli | beeline | psexec
        | ncftp\w* | (?: docker | podman | nerdctl | oc | az | cf | oras | skopeo | buildah
        | helm [\s"',]{1,4}+ registry | crane [\s"',]{1,4}+ auth ) [\s"',]{1,4}+ login ) )
        (?: [\s"',]++ (?! (?-i: -[pa] ) ) [^\s"',]{1,100}+ ){0,9}
        [\s"',]++ (?-i: -[pa] ) [\s"',]{0,4}+ )
        (?! \[redacted ) [^\s"',\\]+""",
        (
            *("mysql", "mariadb", "mongo", "sshpass", "redis-cli", "cqlsh", "twine", "login"),
            *("rabbitmqadmin", "cypher", "couchbase", "beeline", "psexec", "ncftp"),
        ),
    ),
    (
        "password",
        r"""(?P<keep> \b (?: (?: sqlcmd | bcp | [io]sql | tsql | (?: un )? zip | mosquitto_\w+
        | ipmitool )
        (?: [\s"',]++ (?! (?-i: -P ) ) [^\s"',]{1,100}+ ){0,9} [\s"',]++ (?-i: -P )
        | ldap[a-z]{3,9}
        (?: [\s"',]++ (?! (?-i: -w ) ) [^\s"']{1,100}+ ){0,9} [\s"',]++ (?-i: -w )
        ) [\s"',]{0,4}+ ) (?! \[redacted ) [^\s"',\\]+""",
        ("sqlcmd", "bcp", "isql", "osql", "tsql", "zip", "mosquitto_", "ipmitool", "ldap"),
    ),
    (
        "password",
        r"""(?P<keep> \b (?:
        rabbitmqctl \s+ (?: add_user | change_password ) \s+ \S{1,64} \s+
        | openssl (?: \s+ (?! -k ) \S{1,200} ){0,9} \s+ -k \s+
        | htpasswd \s+ -[a-z]{0,3}b[a-z]{0,3} \s+ [^\s-]\S{0,200} \s+ \S{1,64} \s+
        | lftp (?: \s+ (?! -u ) \S{1,200} ){0,9} \s+ -u \s+ [^\s,]{1,64} ,
        | ssh-keygen (?: \s+ (?! -n ) \S{1,200} ){0,9} \s+ -n \s+
        | vault \s+ login \s+ (?= [^\s-]{0,60} [0-9] )
        | net\ use \s+ (?: \S{1,200} \s+ ){1,2} /user:\S{1,200} \s+ (?! / )
        | net\ use \s+ (?: (?! / ) \S{1,200} \s+ ){1,2}? (?= [^\s/]\S{0,200} \s+ /user: )
        | (?: smbclient | rpcclient ) (?: \s+ (?! -u ) \S{1,200} ){0,9} \s+ -u \s+
        ["']? [^\s%"']{1,128} % ) )
        (?! \[redacted ) [^\s"']+""",
        (
            *("rabbitmqctl", "openssl", "htpasswd", "lftp", "smbclient", "rpcclient"),
            *("ssh-keygen", "vault", "net use"),
        ),
    ),
    # What a program reads from its input, and what Redis does not know.
    (
        "arguments",
        r"""(?P<keep> \b (?: echo | printf ) \s+ (?: -n \s+ )? ) (?! \[redacted ) [^|\r\n]{1,256}?
        (?= \s? \| [^|\r\n]{0,200} (?: chpasswd | -stdin | sudo\ -S ) )""",
        ("chpasswd", "-stdin", "sudo -s"),
    ),
    (
        "arguments",
        r"(?P<keep> \b with\ args\ beginning\ with:\ ) (?! \[redacted ) [^\r\n]+",
        ("beginning with: ",),
    ),
    # A switch of Windows; msbuild's /p:NAME=VALUE is a property.
    (
        "password",
        r"""(?P<keep> (?<! [^\s"'] ) / (?: p | pass | password | pwd | pw ) : )
        (?! \[redacted | [\w.]{1,60}+ = | [0-9]++ (?! [^\s"',;] ) ) [^\s"',;/\\]+ (?! / )""",
        ("/p",),
    ),
    (
        "password",
        r"""(?P<keep> (?: \b (?: curl | wget )
        (?: [\s"',]++ (?! -[a-z]{0,6}u ) [^\s"',]{1,200} ){0,9}
        [\s"',]++ -[a-z]{0,6}u (?: ["'] ,\s? | \s )?
        | (?<! \S ) (?: -u | --(?: user | proxy-user | auth | creds? ) ) [\s=] )
        (?: (?P<quote> ["'] ) (?= [^"'\r\n]{1,384} ["'] ) )?+ [^\s:"']{1,128}+ : )
        (?! \[redacted | (?<! curl ) [0-9]++ (?! [^\s"'] ) )
        (?(quote) [^"'\r\n]+ | [^\s"',]{1,256} )""",
        ("curl", "wget", "-u", "--auth", "--cred"),
    ),
)
