"""
Secrets that stand behind their names: settings, options, JSON, sentences.

What stands between name and value, and where a value ends, is the same for all of them.
"""

from __future__ import annotations

from typing import Final

#: What stands around names and values: quotes with the letters or the call before them, such as
#: ``SecretStr('``, and quotes that a format has escaped; JSON in JSON has backslashes before them.
QUOTE: Final = r"""(?: (?: [bru]{1,2} | << | (?-i: [A-Z]\w{1,30} ) \( )?
    (?: \\{0,3} (?: "{3} | '{3} | ["'] ) | [`\u201c\u201d] | &quot; | %22 | \\[ux](?:00)?22 ) )?+"""

#: What stands behind a task definition, an image or a host, though its name be rotate-token.
_VERSION: Final = r"""(?: (?<= -key: ) | (?<= -token: ) | (?<= -secret: ) | (?<= -password: ) )
    (?: [0-9]{1,7} | v? [0-9]{1,9} (?: \. [0-9]{1,9} ){1,3} [\w.+-]{0,60} | latest )
    (?! [\w@#$%^&*!+=.-] )"""

#: What says that there is no secret, or that somebody took it out; and what a program computes.
_HARMLESS: Final = rf"""(?! {_VERSION} | \[ [A-Z_\ -]{{1,20}} [\]:] | \*{{2,}} (?! \w )
    | \$\{{ | \$\( | <
    | (?: [a-z]{{2,40}} (?: error | exception ) | api \ error | exit \ code ) (?! [\w@#$%^&*!+/=-] )
    | (?: none | null | nil | true | false | yes | no | missing | invalid | undefined | required
      | not | must | is ) (?! [\w@#$%^&*!+/=-] )
    | (?: str | string | bytes | text ) (?! [\w@#$%^&*!+/-] ) | ! (?-i: Ref | Sub | GetAtt ) \s
    | \{{\{{ \s | user\ ["']
    | (?: self | this | os | process | config | settings | request | var | local | System ) \.
    | (?-i: [a-z_]{{1,40}} (?: \. [a-z_]{{1,40}} ){{0,4}} ) \( )"""

#: Up to the quote that ends it; without quotes up to what stands between two values.
_VALUE: Final = rf"""{_HARMLESS} (?:
    (?<= [^\\] \\" )
    (?: [^"\\\r\n] | \\{{3}}" | \\{{4}} | \\{{1,2}} [^"\\\r\n] ){{1,256}}+ (?= \\" )
    | \{{ (?! \s?["'{{}}] ) (?: [^}}\r\n] | \}}\}} ){{1,256}}+ \}}
    | (?<= " ) (?<! \\" ) (?: [^"\\\r\n] | \\[^\r\n] ){{1,256}}+ (?= " )
    | (?<= ' ) (?<! \\' ) (?: [^'\\\r\n] | \\[^\r\n] | '' (?= \w ) ){{1,256}}+ (?= ' )
    | (?<= ["'] ) [^"'\\\r\n]{{1,256}} (?= ["'] )
    | (?: [^\s"'\\,;&)}}<]
      | [,;&)}}<] (?= [^\s"'\\,;&)}}</] ) (?! [\w.-]{{1,40}} [=:] ) )+ )"""

#: A password by name, in the languages people write their settings and errors in.
_IN_ONE_WORD: Final = (
    *("kennwort", "senha", "wachtwoord", "adgangskode", "heslo", "lösenord", "salasana", "şifre"),
    *("hasło", "пароль", "密码", "密碼", "パスワード", "비밀번호"),
)
_PASSWORDS: Final = rf"""pass (?: [_-]?word | wd | phrase | wort | code ) (?: [_-]?hash )? [0-9]?
    | (?! (?: (?<! [\w;&?-] ) | (?<= \b old ) ) pwd ["']? \s? [=:] \s? ["']? / ) pwd
    | contrase(?:n|ñ|n\u0303)a | mot[\s_-]?de[\s_-]?passe
    | {" | ".join(_IN_ONE_WORD)}"""
_PASSWORD_SIGNS: Final = ("pass", "pwd", "contrase", *_IN_ONE_WORD)
_ALL_NAMES: Final = rf"""(?: {_PASSWORDS}
    | (?: api | access | secret | private | account | encryption | signing ) [ _-]? key
    | (?: master | shared | auth | hmac | consumer | storage | jwt | cipher | license ) [_-]? key
    | (?: auth | access | refresh | id | session | csrf | bot | api ) [_-]? token
    | (?: client | app | consumer | key | jwt | session | cookie | webhook | signing | shared
    | api ) [_-]? secret | secret [_-]? key [_-]? base
    | secret [_-]? (?: string | binary ) | redis (?: cli )? _ auth )"""
_NAME_SIGNS: Final = (*_PASSWORD_SIGNS, "key", "token", "secret", "redis_auth", "rediscli_auth")
_NAMES: Final = rf"(?= [abceijhklmprsw] | [^\x00-\x7f] ) (?<! / ) (?<! \[redacted:\ ) {_ALL_NAMES}"

#: What tells secrets of one name apart, such as ``_PROD``; what is only about a secret is none.
_SUFFIX: Final = r"""(?: _ (?! (?: file | path | dir | arn | name | id | ur[il] | host | port | ttl
    | header | param\w* | field | prefix | length | len | min | max | polic(?:y|ies) | size | type
    | expir\w* | age | timeout | days | hours | minutes | seconds | enabled | disabled | required
    | reset | rotation | version | algorithm | alg | format | source | store | provider | manager
    | validators? | hashers? | change[ds]? | count | status | region | bucket | alias | endpoint )
    (?! [A-Z0-9] ) )
    (?: (?-i: [A-Z0-9]{1,20} ) | confirmation | old | new | prod | dev | test | staging
    | live | v[0-9]{1,3} )
    (?! [A-Z0-9] ) ){0,3}+"""

#: Keys that are no secrets: what data is found by.
_OTHER_KEYS: Final = r"""(?: cache | partition | sort | primary | foreign | routing | idempotency
    | dedup(?:lication)? | hash | range | object | index | row | s3 | lookup | group | message
    | record | map | redis | lock | job | task | item | unique | public | host | shard | event
    | trace | state | store | data | sentry | etag )"""

#: Those whose password a setting has, in one word with it.
_OWNERS: Final = r"""(?: admin | app | auth | bind | db | ftp | jdbc | ldap | mail | mysql | pg
    | proxy | redis | (?: olc )? root | service | smtp | sql | ssh | user )"""

#: A value that no plain word is: letters and digits.
_MIXED: Final = r"""(?= [^\s"'/:]{0,60} [0-9] ) (?= [^\s"'/:]{0,60} [a-z] )"""
_IS: Final = r"(?: (?: is | was | ist | lautet | est | es ) :?+ \s{1,4}+ )?+"

#: What each is called in its place, its pattern, and the signs of which it has one.
NAMED_SECRETS: Final = (
    (
        "secret",
        rf"""(?P<keep> {_NAMES} {_SUFFIX} {QUOTE} \]?+ \s{{0,16}}+
        (?> => | -> (?= \s? (?: \\{{0,3}}["'] | \S{{0,60}} [0-9] ) ) | := | ={{1,3}} | ::?
        | %3[AD] | \.{{4,64}} | \\u003[ad] | (?<! [\r\n] ) (?<! \s\s ) \( (?= \s?+ ["'] ) )
        \s{{0,9}}+ (?: string \( [0-9]{{1,4}}+ \) \s | -\s )?+
        (?: \{{ \s?+ ["'] value ["'] \s?+ : \s?+ )?+ (?: \[ \s?+ (?= \\{{0,3}}["'] ) )?+
        (?: !!\w{{1,10}} \s | [|>] [+-]?+ [\r\n] \s{{1,9}}+ )?+ {QUOTE} ) {_VALUE}""",
        _NAME_SIGNS,
    ),
    # The name and the value in fields of their own: environments, parameters, attributes.
    (
        "secret",
        rf"""(?P<keep> \b (?: name | key ) {QUOTE} \s?+ [=:] \s?+ {QUOTE} [\w./-]{{0,80}}?
        (?: {_ALL_NAMES} | secret | token | (?<! [^\W_] ) (?: pass | pw ) )
        {_SUFFIX} {QUOTE} \s?+ ,? \s{{0,9}}+
        (?: {QUOTE} type {QUOTE} \s?+ [=:] \s?+ {QUOTE} \w{{1,20}} {QUOTE} \s?+ ,? \s?+ )?+
        {QUOTE} value {QUOTE} \s?+ [=:] \s?+ {QUOTE} ) {_VALUE}""",
        ("value",),
    ),
    (
        "secret",
        rf"""(?P<keep> --name [\s=] ["']? [\w./-]{{0,80}}?
        (?: {_ALL_NAMES} | secret | token ) {_SUFFIX} ["']?
        (?: \s --type [\s=] \w{{1,20}} )?+ \s --value [\s=] ["']?+ ) {_VALUE}""",
        ("--value",),
    ),
    (
        "secret",
        rf"""(?P<keep> [(\[] \s?+ ["'] [\w./-]{{0,80}}? {_ALL_NAMES} {_SUFFIX} ["'] \s?+ , \s?+
        b?+ ["'] ) (?= [^"'\r\n]{{0,255}} [0-9] ) (?= [^"'\r\n]{{1,256}} ["'] \s?+ [)\]] )
        {_VALUE}""",
        _NAME_SIGNS,
    ),
    (
        "password",
        rf"""(?P<keep> (?<! / ) (?: {_PASSWORDS} ) \s (?: is | was ) \s?+ : \s ) (?! (?: expired
        | wrong | incorrect | empty | set | unset | weak | blank | ok | valid | unknown ) \b )
        (?= \S{{4,128}}+ [^\S\r\n]*+ (?: [\r\n] | \Z ) ) {_VALUE}""",
        _PASSWORD_SIGNS,
    ),
    (
        "password",
        rf"""(?P<keep> \b (?: change | set | reset | update | rotate )[a-z]{{0,4}} \s
        (?: \w{{1,20}} \s ){{0,3}} (?: {_PASSWORDS} | pw ) \s to \s ) (?= \S{{0,128}} [0-9] )
        {_VALUE}""",
        (*_PASSWORD_SIGNS, "pw"),
    ),
    (
        "password",
        rf"""(?P<keep> (?<! / ) (?: {_PASSWORDS} ) \s for \s (?: user \s )?
        ["']? [\w.@-]{{1,64}} ["']? (?: \s? [:=] | \s is ) \s ["']?+ )
        (?: (?<= ["'] ) | {_MIXED} (?= [^\s"'/:]{{5}} ) ) {_VALUE}""",
        _PASSWORD_SIGNS,
    ),
    (
        "key",
        rf"""(?P<keep> \b (?! (?: [a-z0-9]{{1,20}} [_-] ){{0,3}} {_OTHER_KEYS} [_-] key )
        (?: [a-z0-9]{{1,20}} [_-]{{1,2}} ){{1,4}} key {QUOTE} \s{{0,4}}+
        (?> => | := | [=:] ) \s{{0,4}}+ {QUOTE} )
        (?= [a-z/+_-]{{0,60}} [0-9] ) (?= [0-9/+_-]{{0,60}} [a-z] )
        (?: base64: [A-Z0-9+/]{{20,128}} | [A-Z0-9+/]{{20,128}} (?= = ) | [A-Z0-9_-]{{20,128}} )
        =* (?! [\w./:] )""",
        ("_key", "-key"),
    ),
    (
        "secret",
        rf"""(?P<keep> (?: < | &lt; | <\w{{1,20}} \s (?: name | key | id ) = ["'] )
        (?: [\w:.-]{{0,40}}? {_NAMES} | (?: [\w.-]{{0,40}} [:._-] )? (?: secret | token ) )
        (?: &gt; | ["']? (?: \s [^<>\r\n]{{0,100}} )? > (?: <!\[CDATA\[ )? ) )
        (?! \[redacted ) [^<\s&]{{1,256}} (?= (?: < | &lt; ) / | \]\]> )""",
        ("</", "&lt;/", "]]>"),
    ),
    # Several at once: a list, or an object with names of its own.
    (
        "secrets",
        rf"""(?P<keep> (?<! / ) (?: (?: {_ALL_NAMES} | secret ) s | credentials? ) {QUOTE} \s?+
        (?: => | [=:] ) \s?+ )
        (?! \S{{0,2}} \[redacted )
        (?: \[ [^\[\]\r\n]{{4,1024}}+ \] | \{{ [^{{}}\r\n]{{4,1024}}+ \}} )""",
        (*_PASSWORD_SIGNS, "key", "token", "secret", "credential"),
    ),
    (
        "secret",
        rf"""(?P<keep> (?: secret | token | credentials? )
        (?: {QUOTE} \s?+ (?: => (?= \s?+ \\{{0,3}}["'] ) | :?= (?! > ) ) \s?+ {QUOTE}
        | \\{{0,3}}["'] \s?+ : \s?+ \\{{0,3}}["'] ) ) {_VALUE}""",
        ("secret", "token", "credential"),
    ),
    (
        "secret",
        rf"""(?P<keep> (?<! [^\W_] ) (?: secret | token | credentials? )
        \s? (?: => | : ) \s {QUOTE} ) (?= \S{{0,256}} [0-9] ) {_VALUE}""",
        ("secret", "token", "credential"),
    ),
    (
        "secret",
        rf"""(?P<keep> (?<! [^\W_] ) {_OWNERS}? (?: pass | pw ) {QUOTE} \s?+
        (?: =>? | : (?= \s? (?: \\{{0,3}} ["'] | \S{{0,60}} [0-9] ) ) ) \s?+ {QUOTE} )
        (?! [0-9./%]+ (?! [^\s"'\\,;&)}}] ) ) {_VALUE}""",
        ("pass", "pw"),
    ),
    (
        "password",
        rf"""(?P<keep> (?<! / ) (?: {_PASSWORDS} ) [^\S\r\n]{{1,4}}+ {_IS} (?: : \s? )?+
        \\{{0,3}}["'] ) {_VALUE}""",
        _PASSWORD_SIGNS,
    ),
    (
        "password",
        rf"""(?P<keep> (?<! / ) (?: {_PASSWORDS} ) [^\S\r\n]{{1,4}}+ {_IS} )
        (?! base[0-9] | sha-?[0-9] | md5 | utf | s?crypt | argon )
        {_MIXED} (?= [^\s"'/:]{{5}} ) {_VALUE}""",
        _PASSWORD_SIGNS,
    ),
    (
        "secret",
        rf"""(?P<keep> (?<! unexpected\s ) (?: (?: api | secret | access | private ) [\s_-]? key
        | (?<! [^\W_] ) (?: auth )? token )
        (?! \s*+ (?<= [\r\n] )
        (?: \w{{1,60}}+ = [^=\s] | [^\s%]{{1,256}}+ (?: % | [^\S\r\n]++ \S ) ) )
        \s{{1,4}}+ (?: (?: given | provided | supplied | used ) :?+ \s )?+ {_IS} ["']?+ )
        {_MIXED} (?= [^\s"'/:]{{8}} ) {_VALUE}""",
        ("key", "token"),
    ),
    (
        "password",
        rf"""(?P<keep> \b (?: (?: create | alter ) \s (?: user | role ) \s \S{{1,64}} \s
        identified \s by (?! \s (?: externally | globally | values | with ) \b )
        | identified \s by (?= \s ["'] ) | requirepass | masterauth
        | (?: bind | root ) pw (?= \s \S{{0,60}} [0-9] ) ) \s ["']?+ ) {_VALUE}""",
        ("identified", "requirepass", "masterauth", "bindpw", "rootpw"),
    ),
    (
        "credentials",
        rf"(?P<keep> (?<! [^\W_] ) _auth {QUOTE} \s?+ [=:] \s?+ {QUOTE} ) {_VALUE}",
        ("_auth",),
    ),
    (
        "secret",
        r"""(?P<keep> \b (?: (?: seed | recovery ) [\s_-] phrase | mnemonic ) ["']?+
        \s?+ [:=] \s?+ ) (?! \[redacted ) [^\r\n]{3,512}""",
        ("phrase", "mnemonic"),
    ),
    (
        "password",
        r"""(?P<keep> \b cred (?: ential )? s? [\s:=]{1,4}+ ["']?+ [^\s:/"'=]{1,64}+ : )
        (?! \[redacted | [0-9]++ (?! [^\s"',;)] ) ) [^\s:/"',;)]{1,128}+ (?! [:/] )""",
        ("cred",),
    ),
    (
        "secret",
        rf"""(?P<keep> (?<! [^\s"'\[(,] ) --? (?: [a-z0-9]{{1,20}} [_-] ){{0,3}}
        (?: [a-z]{{0,12}}? (?: password | passwd | passphrase | token | secret )
        | (?: (?! by | com ) [a-z]{{2,12}}? )? pass (?: in | out )? | pwd | pw | bearer
        | (?: api | access | account | encryption | license | master | private | secret | signing
        | storage )[_-]?key
        | secret-string )
        (?! .(?: id | type | src ) = | .(?: env | file | fd ): )
        (?: [\s=] ["']?+ | \\{{0,3}}["'] [\s,]{{1,3}} \\{{0,3}}["'] ) )
        (?! --[a-z] ) {_VALUE}""",
        ("pass", "pw", "bearer", "token", "secret", "key"),
    ),
    # The value before the name: an object whose fields nobody has put in order.
    (
        "secret",
        rf"""(?P<keep> \b value ["'] \s?+ : \s?+ ["'] ) (?! \[redacted ) [^"'\\\r\n]{{1,256}}
        (?= ["'] \s?+ , \s?+ ["'] (?: name | key ) ["'] \s?+ : \s?+ ["'] [\w./-]{{0,80}}?
        (?: {_ALL_NAMES} | secret | token ) {_SUFFIX} ["'] )""",
        ("value",),
    ),
    # Programs that are called with a user and a password.
    (
        "password",
        rf"""(?P<keep> auth (?: \s?=\s? [\w.]{{0,40}} )? \( \s?+ ["'] [^"'\r\n]{{0,64}} ["']
        \s?+ , \s?+ [bru]?+ ["'] ) {_VALUE}""",
        ("auth",),
    ),
    (
        "secret",
        r"""(?P<keep> \b (?-i: AUTH )\ (?: \S{1,64} \s )? ) (?! \[redacted )
        (?= \S{0,60} [0-9] ) (?= \S{0,60} [a-z] ) [^\s:/]{8,}+ (?! [:/] )""",
        ("auth ",),
    ),
)
