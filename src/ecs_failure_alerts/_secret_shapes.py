"""How secrets look: one table, with a row for each shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Final

from attrs import frozen

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


#: What stands between a name and its value; JSON in JSON has backslashes before its quotes.
_QUOTE: Final = r"""(?: \\{0,3} ["'] )?+"""
_HARMLESS: Final = r"""(?! \[redacted | (?: none | null | true | false | missing | invalid
    | undefined | required ) \b | \*{2,} | \$\{ | \$\( | < )"""
_VALUE: Final = rf"""{_HARMLESS} [^\s"'\\,;&)}}]+"""
#: A password by name, in the languages people write their settings and errors in.
_PASSWORDS: Final = r"""pass(?:word|wd|phrase|wort|code) | pwd | kennwort | contrase(?:n|ñ|n\u0303)a
    | mot[\s_-]?de[\s_-]?passe | senha | wachtwoord"""
_PASSWORD_SIGNS: Final = ("pass", "pwd", "kennwort", "contrase", "senha", "wachtwoord")
_NAMES: Final = rf"""(?= [abceikmprsw] ) (?<! / ) (?: {_PASSWORDS}
    | (?: api | access | secret | private | account | encryption | signing ) [ _-]? key
    | (?: auth | access | refresh | id | session | csrf | bot | api ) [_-]? token
    | client [_-]? secret )"""

SHAPES: Final = (
    Shape(
        "private key",
        r"-----BEGIN\ [A-Z\ ]{0,20}PRIVATE\ KEY-----"
        r"(?: (?: (?! -----BEGIN ) . )*? -----END\ [A-Z\ ]{0,20}PRIVATE\ KEY----- | .* )",
        ("-----begin ",),
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
        r"""(?P<keep> \bexec:\ \[?+ \\{0,3}" [^"\\]+ \\{0,3}" \s?+ ,? \s?+ \\{0,3}" )
        (?! \[redacted ) [^"\\]++ (?: \\{0,3}" \s?+ ,? \s?+ \\{0,3}" [^"\\]++ )*+""",
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
        r"""(?P<keep> \b[a-z][a-z0-9+.-]{0,30}:// [^\s/:@"']{0,256} : )
        (?! \[redacted ) [^\s"'<>]{1,512} (?= @ )""",
        ("@",),
    ),
    Shape(
        "credentials",
        rf"""(?P<keep> \b authorization {_QUOTE} \s?+ [:=] \s?+ {_QUOTE}
        (?: (?: basic | bearer | digest | negotiate | token | aws4-hmac-sha256 ) \s++
        | (?= [^\s"',]{{16}} ) (?= [^\s"',]{{0,256}} [0-9] ) ) )
        (?! \[redacted ) [^"'\r\n,]+""",
        ("authorization",),
    ),
    Shape(
        "credentials",
        r"(?P<keep> \b (?: bearer | basic ) \s++ ) [A-Z0-9._~+/=-]{16,}",
        ("bearer", "basic"),
    ),
    Shape(
        "cookie",
        r"""(?P<keep> \b (?: set- )? cookie \s?+ : \s?+ ) (?! \[redacted ) [^\r\n"']+""",
        ("cookie",),
    ),
    Shape("token", r"\b eyJ [A-Z0-9_-]{8,} \. [A-Z0-9_-]{8,} (?: \. [A-Z0-9_-]* )?", ("eyj",)),
    Shape(
        "AWS secret key",
        r"""(?P<keep> (?: \b (?-i: A[KS]IA [A-Z0-9]{16} ) \b | \b aws [ _-]? secret ) .{1,40}? )
        (?<! [A-Z0-9/+] ) (?-i: (?= [a-z0-9/+]{0,60} [A-Z] ) (?= [A-Z0-9/+]{0,60} [a-z] ) )
        (?= [A-Z/+]{0,60} [0-9] ) [A-Z0-9/+]{20,} =*""",
        ("akia", "asia", "secret"),
    ),
    Shape(
        "AWS key id",
        r"\b (?-i: (?: A[KS]IA | ABIA | ACCA | AROA | AIDA ) [A-Z0-9]{16} ) \b",
        ("akia", "asia", "abia", "acca", "aroa", "aida"),
    ),
    Shape(
        "signature",
        r"""(?P<keep> \b (?: X-Amz-(?: Signature | Security-Token | Credential ) | sig
        | AccountKey ) = ) (?! \[redacted ) [^&\s"';]+""",
        ("x-amz-", "sig=", "accountkey="),
    ),
    Shape(
        "token",
        r"""\b (?-i:
          gh[pousr]_[A-Za-z0-9]{16,}
        | (?: github_pat_ | glpat- ) (?= [a-z_-]{0,40} [A-Z0-9] ) [A-Za-z0-9_-]{4,}
        | gl(?:dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_-]{20,}
        | xox[abeoprs]-[A-Za-z0-9-]{10,} | xapp-[A-Za-z0-9-]{10,}
        | (?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,} | whsec_[A-Za-z0-9+/=]{20,}
        | AIza[A-Za-z0-9_-]{35} | GOCSPX-[A-Za-z0-9_-]{20,} | ya29\.[A-Za-z0-9_-]{20,}
        | npm_[A-Za-z0-9]{36} | pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{20,}
        | SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,} | SK[0-9a-f]{32}
        | sk-(?:ant|proj|svcacct|admin)-[A-Za-z0-9_-]{16,}
        | sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}
        | hf_[A-Za-z0-9]{30,} | sntry[su]_[A-Za-z0-9_+/=-]{20,}
        | dop_v1_[0-9a-f]{60,} | dapi[0-9a-f]{32} | shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}
        | hvs\.[A-Za-z0-9_-]{20,} | glsa_[A-Za-z0-9_]{30,} | NRAK-[A-Z0-9]{27}
        | lin_api_[A-Za-z0-9]{40} | sq0(?:atp|csp)-[A-Za-z0-9_-]{20,} )""",
        (
            *(
                "ghp_",
                "gho_",
                "ghu_",
                "ghs_",
                "ghr_",
                "github_pat_",
                "glpat-",
                "gldt-",
                "glrt-",
                "glcbt-",
                "glptt-",
                "glft-",
                "glsoat-",
            ),
            *("glagent-", "xox", "xapp-", "_live_", "_test_", "_prod_", "whsec_", "aiza"),
            *("gocspx-", "ya29.", "npm_", "pypi-", "sg.", "sk", "hf_", "sntry", "dop_v1_"),
            *("dapi", "shp", "hvs.", "glsa_", "nrak-", "lin_api_", "sq0"),
        ),
    ),
    Shape(
        "webhook",
        r"""(?P<keep> \b https:// (?: hooks\.slack\.com/(?:services|workflows|triggers)/
        | (?:discord|discordapp)\.com/api/webhooks/ | [a-z0-9-]+\.webhook\.office\.com/ ) )
        (?! \[redacted ) [^\s"']+""",
        ("hooks.slack.com/", "/api/webhooks/", ".webhook.office.com/"),
    ),
    # Before the host of a web page stands a key or a token; elsewhere a plain word is a user.
    Shape(
        "key",
        r"""(?P<keep> \b (?: https?:// | [a-z][a-z0-9+.-]{0,30}://
        (?! (?-i: [a-z_-]{1,15} ) @ | [^\s/:@]{0,256} : ) ) )
        (?! \[redacted | git@ ) [^\s/:@?\#"'<>]{1,256}
        (?= (?: :\[redacted:\ password\] )? @ (?! sha256: ) )""",
        ("@",),
    ),
    Shape(
        "secret",
        rf"(?P<keep> {_NAMES} {_QUOTE} \s{{0,4}}+ (?: => | [=:] ) \s{{0,4}}+ {_QUOTE} ) {_VALUE}",
        (*_PASSWORD_SIGNS, "key", "token", "secret"),
    ),
    Shape(
        "secret",
        rf"""(?P<keep> (?: secret | token | credentials? )
        (?: {_QUOTE} \s?+ = \s?+ {_QUOTE} | \\{{0,3}}["'] \s?+ : \s?+ \\{{0,3}}["'] ) ) {_VALUE}""",
        ("secret", "token", "credential"),
    ),
    Shape(
        "secret",
        rf"""(?P<keep> \b (?: secret | token | credentials? ) : \s )
        (?= \S{{0,256}} [0-9] ) {_VALUE}""",
        ("secret", "token", "credential"),
    ),
    Shape(
        "secret",
        rf"""(?P<keep> (?<! [^\W_] ) (?: db )? (?: pass | pw ) {_QUOTE} \s?+
        (?: = | : (?= \s? (?: \\{{0,3}} ["'] | \S{{0,60}} [0-9] ) ) ) \s?+ {_QUOTE} )
        (?! [0-9./%]+ (?! [^\s"'\\,;&)}}] ) ) {_VALUE}""",
        ("pass", "pw"),
    ),
    Shape(
        "password",
        rf"""(?P<keep> (?<! / ) (?: {_PASSWORDS} ) \s{{1,4}}+
        (?: (?: is | was | ist | lautet | est | es ) \s{{1,4}}+ )?+ (?: : \s? )?+ \\{{0,3}}["'] )
        {_VALUE}""",
        _PASSWORD_SIGNS,
    ),
    Shape(
        "password",
        rf"""(?P<keep> (?<! / ) (?: {_PASSWORDS} ) \s{{1,4}}+
        (?: (?: is | was | ist | lautet | est | es ) \s{{1,4}}+ )?+ )
        (?! base[0-9] | sha-?[0-9] | md5 | utf | s?crypt | argon )
        (?= [^\s"'/:]{{0,60}} [0-9] ) (?= [^\s"'/:]{{0,60}} [a-z] ) (?= [^\s"'/:]{{5}} )
        {_VALUE}""",
        _PASSWORD_SIGNS,
    ),
    Shape(
        "password",
        r"""(?P<keep> \b credentials? [\s:=]{1,4}+ ["']?+ [^\s:/"'=]{1,64}+ : )
        (?! \[redacted | [0-9]++ (?! [^\s"',;)] ) ) [^\s:/"',;)]{1,128}+ (?! [:/] )""",
        ("credential",),
    ),
    Shape(
        "secret",
        rf"""(?P<keep> (?<! [^\s"'\[(,] ) --? (?: [a-z]+- ){{0,3}}
        (?: password | passwd | pass | pwd | token | secret | (?: api | access )-?key )
        (?: [\s=] ["']?+ | \\{{0,3}}["'] [\s,]{{1,3}} \\{{0,3}}["'] ) )
        {_VALUE}""",
        ("pass", "pwd", "token", "secret", "key"),
    ),
    # Programs take a password right behind -p, and name it when they do not know the option.
    Shape(
        "password",
        r"""(?P<keep> (?<! [^\s"'\[(,] ) (?-i: -p ) )
        (?! \[redacted | [/.] | [0-9:./]+ (?! [^\s"'\\,;:)] ) | [a-z-]{1,40} = )
        (?= [a-z_-]{0,60} (?-i: [A-Z0-9] ) | (?-i: [a-z_-]{0,60} [A-Z] ) )
        [^\s"'\\,;:)]{4,}""",
        ("-p",),
    ),
    Shape(
        "password",
        r"""(?P<keep> \b (?: mysql\w* | mariadb[\w-]* | mongo\w* | sshpass | redis-cli )
        (?: [\s"',]++ (?! -[pa] ) [^\s"',]{1,100}+ ){0,9} [\s"',]++ -[pa] [\s"',]{0,4}+ )
        (?! \[redacted ) [^\s"',\\]+""",
        ("mysql", "mariadb", "mongo", "sshpass", "redis-cli"),
    ),
    Shape(
        "password",
        r"""(?P<keep> \b (?: curl | wget ) (?: \s+ (?! -u ) \S{1,200} ){0,9}
        \s+ -u \s?+ ["']? [^\s:"']+ : )
        (?! \[redacted ) [^\s"']+""",
        ("curl", "wget"),
    ),
    Shape(
        "card number",
        r"""(?<! [\w.-] ) (?: 3[47] | 4 | 5[1-5] | 6 | 2[2-7] )
        (?: [\ -]? [0-9] ){11,17} (?! [\w-] )""",
        ("2", "3", "4", "5", "6"),
        _is_card,
    ),
)
