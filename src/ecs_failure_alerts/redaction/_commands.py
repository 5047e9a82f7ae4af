"""Secrets in the command lines of known programs, by the options and words before them."""

from __future__ import annotations

from typing import Final

#: What stands between the words of a command. It goes on in the next line behind a comma or a
#: backslash, and in a list of YAML.
_GAP: Final = r"""(?: [\ \t"',] | (?<= [,\\] ) [\r\n]++ | [\r\n]++ (?= [\ \t]{0,40} -\s ) )"""

#: An option of the program, or of one on the next line, which is no value.
_OPTION: Final = r"""(?<= [\s"',] ) (?: -[a-z]{1,3} | --[a-z] [a-z-]{0,40} ) (?! [^\s"',=] )"""

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
        rf"""(?P<keep> (?: (?<! [\w-] ) (?> [\w-]*? \b (?= mariadb ) ) [\w-]++
        | \b (?: mysql\w* | mongo\w* | sshpass | redis-cli | cqlsh
        | twine | rabbitmqadmin | cypher-shell | couchbase-cli | beeline | psexec
        | ncftp\w* | (?: docker | podman | nerdctl | oc | az | cf | oras | skopeo | buildah
        | helm {_GAP}{{1,4}}+ registry | crane {_GAP}{{1,4}}+ auth ) {_GAP}{{1,4}}+ login ) )
        (?: {_GAP}++ (?! (?-i: -[pa] ) ) [^\s"',]{{1,100}}+ ){{0,9}}
        {_GAP}++ (?-i: -[pa] ) {_GAP}{{0,4}}+ )
        (?! \[redacted | {_OPTION} ) [^\s"',\\]+""",
        (
            *("mysql", "mariadb", "mongo", "sshpass", "redis-cli", "cqlsh", "twine", "login"),
            *("rabbitmqadmin", "cypher", "couchbase", "beeline", "psexec", "ncftp"),
        ),
    ),
    (
        "password",
        rf"""(?P<keep> \b (?: (?: sqlcmd | bcp | [io]sql | tsql | (?: un )? zip | mosquitto_\w+
        | ipmitool )
        (?: {_GAP}++ (?! (?-i: -P ) ) [^\s"',]{{1,100}}+ ){{0,9}} {_GAP}++ (?-i: -P )
        | ldap[a-z]{{3,9}}
        (?: {_GAP}++ (?! (?-i: -w ) ) [^\s"']{{1,100}}+ ){{0,9}} {_GAP}++ (?-i: -w )
        ) {_GAP}{{0,4}}+ ) (?! \[redacted | {_OPTION} ) [^\s"',\\]+""",
        ("sqlcmd", "bcp", "isql", "osql", "tsql", "zip", "mosquitto_", "ipmitool", "ldap"),
    ),
    (
        "password",
        rf"""(?P<keep> \b (?:
        rabbitmqctl \s+ (?: add_user | change_password ) \s+ \S{{1,64}} \s+
        | openssl (?: \s+ (?! -k ) \S{{1,200}} ){{0,9}} \s+ -k \s+
        | htpasswd \s+ -[a-z]{{0,3}}b[a-z]{{0,3}} \s+ [^\s-]\S{{0,200}} \s+ \S{{1,64}} \s+
        | lftp (?: \s+ (?! -u ) \S{{1,200}} ){{0,9}} \s+ -u \s+ [^\s,]{{1,64}} ,
        | ssh-keygen (?: \s+ (?! -n ) \S{{1,200}} ){{0,9}} \s+ -n \s+
        | vault \s+ login \s+ (?= [^\s-]{{0,60}} [0-9] )
        | net\ use \s+ (?: (?! / | \[redacted ) \S{{1,200}} \s+ ){{1,2}}?
        (?= [^\s/\\]\S{{0,200}} \s+ /user: )
        | net\ use \s+ (?: \S{{1,200}} \s+ ){{1,2}} /user:\S{{1,200}} [^\S\r\n]+ (?! / )
        | (?: smbclient | rpcclient ) (?: \s+ (?! -u ) \S{{1,200}} ){{0,9}} \s+ -u \s+
        ["']? [^\s%"']{{1,128}} % ) )
        (?! \[redacted | {_OPTION} ) [^\s"']+""",
        (
            *("rabbitmqctl", "openssl", "htpasswd", "lftp", "smbclient", "rpcclient"),
            *("ssh-keygen", "vault", "net use"),
        ),
    ),
    (
        "secret",
        rf"""(?P<keep> \b put-parameter (?= [^\r\n]{{0,1024}} securestring )
        (?: {_GAP}++ (?! --value ) [^\s"',]{{1,200}}+ ){{0,9}} {_GAP}++ --value [\s=] ["']?+ )
        (?! \[redacted | file:// )
        (?: (?<= " ) [^"\r\n]{{1,4096}} | (?<= ' ) [^'\r\n]{{1,4096}} | [^\s"']{{1,4096}} )""",
        ("put-parameter",),
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
        rf"""(?P<keep> (?: \b (?: curl | wget )
        (?: {_GAP}++ (?! -[a-z]{{0,6}}u | --(?: proxy- )? user ) [^\s"',]{{1,200}} ){{0,9}}
        {_GAP}++ -[a-z]{{0,6}}u (?: ["'] ,\s? | \s )?
        | (?<! \S ) (?: -u | --(?: user | proxy-user | auth | creds? ) ) [\s=] )
        (?: (?P<quote> ["'] ) (?= [^"'\r\n]{{1,384}} ["'] ) )?+ [^\s:"']{{1,128}}+ : )
        (?! \[redacted | (?<! curl ) [0-9]++ (?! [^\s"'] ) )
        (?(quote) [^"'\r\n]+ | [^\s"',]{{1,256}} )""",
        ("curl", "wget", "-u", "--auth", "--cred"),
    ),
)
