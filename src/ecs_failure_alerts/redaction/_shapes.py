"""How secrets look: one table, with a row for each shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Final

from attrs import frozen

from ._commands import COMMANDS
from ._named_secrets import NAMED_SECRETS, QUOTE
from ._vendor_tokens import LOOSELY_MARKED_TOKENS, MARKED_TOKENS

_DOUBLED_AT_LEAST: Final = 5


def _is_card(digits: str) -> bool:
    """Return whether the last digit is the check digit (Luhn) of the others."""
    total = 0
    for place, digit in enumerate(int(sign) for sign in reversed(digits) if sign.isdecimal()):
        doubled = digit * 2 - 9 * (digit >= _DOUBLED_AT_LEAST)
        total += doubled if place % 2 else digit
    return total % 10 == 0


@frozen(slots=False, eq=False, repr=False)
class Shape:
    """
    How one kind of secret looks.

    Attributes:
        name: What it is, as it is named in its place.
        pattern: Finds it, in any case and over lines; what its group ``keep`` matches stays.
        signs: One of these, in lower case, stands in all that the pattern finds. Looking for them
            is quick, and few texts have any.
        is_secret: Decides about what the pattern has found; None where all of it counts.
    """

    name: str
    pattern: str
    signs: tuple[str, ...]
    is_secret: Callable[[str], bool] | None = None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern, compiled once a text has one of its signs."""
        return re.compile(self.pattern, re.VERBOSE | re.IGNORECASE | re.DOTALL)

    def redact(self, text: str) -> str:
        """Return *text* with the shape's name in the place of each secret."""
        return self.regex.sub(self._replace, text)

    def _replace(self, found: re.Match[str]) -> str:
        if self.is_secret is not None and not self.is_secret(found[0]):
            return found[0]
        return f"{found.groupdict().get('keep') or ''}[redacted: {self.name}]"


SHAPES: Final = (
    Shape(
        "private key",
        r"-{4,5}\ ?BEGIN\ [A-Z0-9\ ]{0,20}PRIVATE\ KEY (?: \ BLOCK )?\ ?-{4,5}"
        r"(?: (?: (?! -{4}\ ?BEGIN ) . )*? -{4,5}\ ?END\ [A-Z0-9\ ]{0,20}PRIVATE\ KEY"
        r" (?: \ BLOCK )?\ ?-{4,5} | .* )",
        ("begin ",),
    ),
    # A command in one string is not found, and the runtime quotes it with its arguments.
    Shape(
        "arguments",
        r"""(?P<keep> \bexec:\ \\{0,3}" (?! [^\s"\\]* \[redacted ) [^\s"\\]+ \s )
        (?! \[redacted ) [^"\\]+""",
        ("exec: ",),
    ),
    Shape(
        "arguments",
        r"""(?P<keep> \bexec:\ \[?+ \\{0,3}" [^"\\]+ \\{0,3}" (?: \ ?+ , \s?+ | \ )?+ \\{0,3}" )
        (?! \[redacted ) [^"\\]++ (?: \\{0,3}" (?: \ ?+ , \s?+ | \ )?+ \\{0,3}" [^"\\]++ )*+""",
        ("exec: ",),
    ),
    Shape(
        "arguments",
        r"(?P<keep> \b(?: l?stat | fork/exec )\ [^\s:]+ \s ) (?! \[redacted ) .{1,2048}?"
        r"(?= :\ (?: no\ such\ file | permission\ denied | not\ a\ directory ) )",
        ("stat ", "fork/exec "),
    ),
    Shape(
        "password",
        r"""(?P<keep> : (?: // | (?: \\{1,3} / ){2} ) [^\s/:@"']{0,256} : )
        (?! \[redacted ) (?: [^\s"'<>] | ["'<>] (?= [\w@!$%] ) ){1,512} (?= @ )""",
        ("@",),
    ),
    Shape(
        "password",
        r"""(?P<keep> %3A%2F%2F (?: (?! %2F | %3A | %40 ) [^\s&"'] ){0,256} %3A )
        (?! \[redacted ) (?: (?! %2F | %40 ) [^\s&"'] ){1,256} (?= %40 )""",
        ("%3a%2f%2f",),
    ),
    Shape(
        "credentials",
        rf"""(?P<keep> \b authorization {QUOTE} \s?+ [:=] \s?+ (?: \[ \s?+ )?+ {QUOTE}
        (?: (?: basic | bearer | digest | negotiate | token | aws4-hmac-sha256 | api-?key | aws
        | geniekey | oauth | sharedkey(?:lite)? | splunk | ssws ) \s++
        | (?= [^\s"',]{{16}} | (?<= ["'] ) [^\s"',]{{4,15}} ["'] ) (?= [^\s"',]{{0,256}} [0-9] ) ) )
        (?! \[redacted ) (?: [^"'\r\n,] | (?<= = ) ["'] [^"'\r\n]{{0,512}} ["']
        | , (?= \s?+ [a-z_]{{1,20}} = ) )+""",
        ("authorization",),
    ),
    Shape(
        "credentials",
        r"(?P<keep> \b (?: bearer | basic ) \s++ ) [A-Z0-9._~+/=-]{16,}",
        ("bearer", "basic"),
    ),
    Shape(
        "cookie",
        rf"""(?P<keep> \b (?: set- )? cookie
        (?: {QUOTE} \s?+ : \s?+ | (?<= --cookie ) [\s=] ) {QUOTE} )
        (?! \[redacted ) (?= [^\r\n"']{{1,512}} = ) [^\r\n"']+""",
        ("cookie",),
    ),
    # Of several marks in one word the first decides, because trying each takes quadratic time.
    Shape(
        "token",
        r"""(?P<keep> (?<! [A-Z0-9_-] ) (?> [A-Z0-9_-]*? \b (?= eyJ ) ) )
        eyJ [A-Z0-9_-]{8,}+ \. [A-Z0-9_-]{8,}+ (?: \. [A-Z0-9_-]*+ )?+""",
        ("eyj",),
    ),
    Shape(
        "AWS secret key",
        r"""(?P<keep>
        (?: \b (?-i: A[KS]IA [A-Z0-9]{16} ) \b | (?<! \[redacted:\ ) \b aws [ _-]? secret )
        (?: (?! \[redacted ) . ){1,40}? )
        (?: (?<! [A-Z0-9/+] ) | (?<= (?-i: A[KS]IA [A-Z0-9]{16} ) / ) )
        (?-i: (?= [a-z0-9/+]{0,60} [A-Z] ) (?= [A-Z0-9/+]{0,60} [a-z] ) )
        (?= [A-Z/+]{0,60} [0-9] ) [A-Z0-9/+]{20,}+ =*+ (?! \. \w )""",
        ("akia", "asia", "secret"),
    ),
    Shape(
        "token",
        r"""(?P<keep> \b (?-i: AC [0-9a-f]{32} ) [\s"',:/=&|]{1,4} )
        (?-i: [0-9a-f]{32} ) (?! [a-z0-9] )""",
        ("ac",),
    ),
    Shape(
        "AWS key id",
        r"\b (?-i: (?: A[KS]IA | ABIA | ACCA | AROA | AIDA ) [A-Z0-9]{16} ) \b",
        ("akia", "asia", "abia", "acca", "aroa", "aida"),
    ),
    Shape(
        "signature",
        r"""(?P<keep> \b (?: X-Amz-(?: Signature | Security-Token | Credential ) | sig
        | AccountKey ) = | [?&] signature = ) (?! \[redacted ) [^&\s"';]+""",
        ("x-amz-", "sig=", "accountkey=", "signature="),
    ),
    Shape(
        "token",
        rf"(?<! [A-Z0-9] ) (?-i: {' | '.join(form for _, form in MARKED_TOKENS)} )",
        tuple(sign for signs, _ in MARKED_TOKENS for sign in signs.split()),
    ),
    *(
        Shape("token", rf"(?<! [A-Z0-9] ) (?-i: {form} )", tuple(signs.split()))
        for signs, form in LOOSELY_MARKED_TOKENS
    ),
    Shape(
        "webhook",
        r"""(?P<keep> \b https:// (?: hooks\.slack\.com/(?:services|workflows|triggers)/
        | (?: (?: ptb | canary ) \. )? discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/
        | [a-z0-9-]+\.webhook\.office\.com/ | outlook\.office(?:365)?\.com/webhook/
        | hooks\.zapier\.com/hooks/ | events\.pagerduty\.com/integration/
        | maker\.ifttt\.com/ | [^\s/"']{1,253}/hooks/ (?= [a-z0-9]{26} \b ) ) )
        (?! \[redacted ) [^\s"']+""",
        (".slack.com/", "/webhooks/", ".office", "/hooks/", ".pagerduty.com/", ".ifttt.com/"),
    ),
    # Before the host of a web page stands a key or a token; elsewhere a plain word is a user.
    Shape(
        "key",
        r"""(?P<keep> \b (?: https?:// | [a-z][a-z0-9+._-]{0,30}://
        (?! (?-i: [a-z_-]{1,15} ) @ | [^\s/:@]{0,256} : ) ) )
        (?! \[redacted | git@ ) [^\s/:@?\#"'<>]{1,256}
        (?= (?: :\[redacted:\ password\] )? @ (?! sha256: ) )""",
        ("@",),
    ),
    *(Shape(*row) for row in (*NAMED_SECRETS, *COMMANDS)),
    # A data source of Go, or a user and a host without a scheme; no image's digest.
    Shape(
        "password",
        r"""(?P<keep> (?<! [\w/.@-] ) [\w.-]{1,64}+ : ) (?! \[redacted ) [^\s:@/"'\[]{4,128}+
        (?= @ (?! sha[0-9] )
          (?: (?: tcp | unix ) \( | [\w.-]{1,253} (?: : [0-9]{2,5} \b | / ) ) )""",
        ("@",),
    ),
    Shape(
        "password",
        r"""(?P<keep> \b (?: oracle: [a-z0-9]{3,5} :
        | (?: sqlplus | rman | expdp | impdp | sqlldr ) (?: \s+ -\S{1,40} ){0,5} \s+ ["']? )
        [^\s/"']{1,64}+ / ) (?! \[redacted ) [^\s@/]{1,128} (?= @ )""",
        ("oracle:", "sqlplus", "rman", "expdp", "impdp", "sqlldr"),
    ),
    Shape(
        "credentials",
        r"""(?P<keep> ["'] auth \\{0,3} ["'] \s?+ : \s?+ \\{0,3} ["'] )
        (?= [^"'\\]{0,400} [0-9=] ) [A-Z0-9+/]{8,400} =* (?= \\{0,3} ["'] )""",
        ("auth",),
    ),
    Shape(
        "password hash",
        r"\$ (?: 2[abxy] \$ [0-9]{2} \$ [./A-Z0-9]{50,} | argon2(?:id|i|d) \$ [^\s\"']{20,}"
        r"| [156y] \$ [^\s$]{1,64}+ \$ [./A-Z0-9]{20,} )",
        ("$2", "$argon2", "$1$", "$5$", "$6$", "$y$"),
    ),
    Shape(
        "session",
        r"""(?P<keep> \b (?: PHPSESSID | JSESSIONID | ASP\.NET_SessionId | connect\.sid
        | laravel_session | sessionid ) \s?+ = \s?+ ) (?= [^\s;"']{0,60} [0-9] ) [^\s;,"']{16,}""",
        ("phpsessid", "sessionid", "connect.sid", "laravel_session"),
    ),
    Shape(
        "key",
        r"""(?P<keep> [?&] (?: access | assertion | auth | code | hash | hmac | jwt | key
        | SAMLResponse ) = ) (?= [^&\s]{0,60} [0-9] ) (?= [^&\s]{0,60} [a-z] )
        [A-Z0-9_%~+=-]{16,} (?! [./] )""",
        ("access=", "assertion=", "auth=", "code=", "hash=", "hmac=", "jwt=", "key=", "response="),
    ),
    Shape(
        "key",
        r"""(?P<keep> "(?: d | k | dp | dq | qi )" \s?+ : \s?+ " ) [A-Z0-9_-]{40,} (?= " )""",
        ('"d"', '"k"', '"dp"', '"dq"', '"qi"'),
    ),
    Shape(
        "code",
        r"""(?P<keep> \b (?: otp | 2fa | mfa | totp | verification | one-time ) [\s_-]
        (?: (?: code | pin | token ) \s?+ )?+ (?: is \s | [:=] \s?+ ) ) [0-9]{4,8} \b""",
        ("otp", "2fa", "mfa", "verification", "one-time"),
    ),
    Shape(
        "card number",
        r"""(?<! [\w.-] ) (?<! trace_id= ) (?<! trace\ id= ) (?<! request_id= ) (?<! request\ id= )
        (?<! ecs-svc/ )
        (?: 3[47] | 4 | 5[1-5] | 6 | 2[2-7] )
        (?: [\ -]? [0-9] ){11,17} (?! [\w-] )""",
        ("2", "3", "4", "5", "6"),
        _is_card,
    ),
)
