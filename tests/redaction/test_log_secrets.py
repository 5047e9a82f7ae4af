"""Secrets in the lines of a log, by name or by form, and the lines that have none."""

from __future__ import annotations

import string
from itertools import product
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts.redaction import redact
from rows import each

LETTERS: Final = string.ascii_letters + string.digits
HEX: Final = "0123456789abcdef"

#: How a token of a vendor begins, and what follows. Each is put together, so that no scanner
#: finds it here.
TOKENS: Final[dict[str, tuple[str, str, int, str]]] = {
    name: (begin, signs, length, end)
    for name, begin, signs, length, end in [
        ("github", "ghp_", LETTERS, 36, ""),
        ("gitlab deploy", "gldt-", LETTERS, 20, ""),
        ("atlassian", "ATATT3", LETTERS, 120, ""),
        ("bitbucket", "ATBB", LETTERS, 32, ""),
        ("artifactory", "AKCp", LETTERS, 69, ""),
        ("npm", "npm_", LETTERS, 36, ""),
        ("pypi", "pypi-AgEIcHlwaS5vcmc", LETTERS, 60, ""),
        ("rubygems", "rubygems_", HEX, 48, ""),
        ("docker", "dckr_pat_", LETTERS, 27, ""),
        ("aws session", "IQoJb3JpZ2lu" + "X2Vj", LETTERS, 60, ""),
        ("older aws session", "FwoGZX" + "IvYXdz", LETTERS, 60, ""),
        ("bedrock", "ABSK", LETTERS, 109, ""),
        ("alibaba", "LTAI", LETTERS, 20, ""),
        ("google", "AIza", LETTERS, 35, ""),
        ("google refresh", "1//0", LETTERS, 60, ""),
        ("azure client", "abc8Q~", LETTERS, 34, ""),
        ("digitalocean", "dop_v1_", HEX, 64, ""),
        ("heroku", "HRKU-AA", LETTERS, 58, ""),
        ("planetscale", "pscale_tkn_", LETTERS, 40, ""),
        ("terraform", "abcdefgh123456.atlasv1.", LETTERS, 64, ""),
        ("vault", "hvs.", LETTERS, 90, ""),
        ("pulumi", "pul-", HEX, 40, ""),
        ("doppler", "dp.pt.", LETTERS, 43, ""),
        ("tailscale", "tskey-auth-", LETTERS, 30, ""),
        ("databricks", "dapi", HEX, 32, "-2"),
        ("openssh", "b3BlbnNzaC1rZXktdjE", LETTERS, 60, ""),
        ("age", "AGE-SECRET-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58, ""),
        ("key in base64", "LS0tLS1CRUdJTiBSU0Eg", LETTERS, 60, ""),
        ("grafana", "glsa_", LETTERS, 32, "_0a1b2c3d"),
        ("new relic", "NRAK-", string.ascii_uppercase, 27, ""),
        ("sentry", "sntrys_", LETTERS, 60, ""),
        ("dynatrace", "dt0c01.ABCDEFGHIJKLMNOPQRSTUVWX.", string.ascii_uppercase, 64, ""),
        ("sonar", "squ_", HEX, 40, ""),
        ("circleci", "CCIPAT_", LETTERS, 40, ""),
        ("postman", "PMAK-0123456789abcdef01234567-", HEX, 34, ""),
        ("slack", "xoxb-", string.digits, 24, ""),
        ("telegram", "8123456789:AA", LETTERS, 33, ""),
        ("discord", "MTA", LETTERS, 21, ".abcdef.abcdefghijklmnopqrstuvwxyz12"),
        ("sendgrid", "SG.", LETTERS, 22, ".abcdefghijklmnopqrstuvwxyz"),
        ("twilio", "SK", HEX, 32, ""),
        ("mailgun", "key-", HEX, 32, ""),
        ("mailchimp", "", HEX, 32, "-us12"),
        ("stripe", "sk_live_", LETTERS, 24, ""),
        ("square", "EAAA", LETTERS, 60, ""),
        ("shopify", "shpat_", HEX, 32, ""),
        ("razorpay", "rzp_live_", LETTERS, 14, ""),
        ("anthropic", "sk-ant-api03-", LETTERS, 90, ""),
        ("hugging face", "hf_", string.ascii_letters, 34, ""),
        ("groq", "gsk_", LETTERS, 52, ""),
        ("xai", "xai-", LETTERS, 80, ""),
        ("replicate", "r8_", LETTERS, 37, ""),
        ("langsmith", "lsv2_pt_", HEX, 32, "_0123456789"),
        ("linear", "lin_api_", LETTERS, 40, ""),
        ("figma", "figd_", LETTERS, 40, ""),
        ("notion", "secret_", LETTERS, 43, ""),
        ("aws", "AKIA", "ABCDEFGHIJ234567", 16, ""),
        ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.", LETTERS, 43, ""),
    ]
}
TOKEN_FORMS: Final = (
    "{}",
    "used {} for the call",
    "rejected ({})",
    '{{"msg": "failed", "k": "{}"}}',
    "GET /x?a=1&b={} 401",
    "{}, next",
)

NAMES: Final = (
    "DB_PASSWORD",
    "PGPASSWORD",
    "MYSQL_PWD",
    "password",
    "passwd",
    "passphrase",
    "api_key",
    "apiKey",
    "X-Api-Key",
    "AWS_SECRET_ACCESS_KEY",
    "aws_session_token",
    "client_secret",
    "SECRET_KEY",
    "SECRET_KEY_BASE",
    "ENCRYPTION_KEY",
    "private_key",
    "access_token",
    "refreshToken",
    "signing_key",
    "SLACK_BOT_TOKEN",
    "MASTER_KEY",
    "hmac_key",
    "consumerSecret",
)
NAME_FORMS: Final = (
    "{}={}",
    "{}: {}",
    "{} = {}",
    '"{}": "{}"',
    "'{}': '{}'",
    "'{}': b'{}'",
    "export {}={}",
    '{} => "{}"',
    "{} => {}",
    '{} := "{}"',
    "config['{}'] = '{}'",
    '\\"{}\\": \\"{}\\"',
    '{}("{}")',
    "<{0}>{1}</{0}>",
    "x?{}={}&page=2",
    '{{"{}": {{"value": "{}"}}}}',
)

#: What has no name of its own; the secret stands at ``{}``.
LINES: Final = (
    "postgres://app:{}@db:5432/x",
    "redis://:{}@cache:6379/0",
    "dial app:{}@tcp(db:3306)/shop",
    "connecting as app:{}@db.internal:5432/shop",
    "jdbc:oracle:thin:scott/{}@db:1521/x",
    "Server=db;User Id=sa;Password={};",
    "AccountKey={}==;EndpointSuffix=core.windows.net",
    "https://x.blob.core.windows.net/c?sv=1&sig={}",
    "Authorization: Basic {}",
    "Authorization: ApiKey {}",
    "Authorization: Splunk {}",
    'Authorization: Digest username="bob", realm="a", response="{}"',
    "'Authorization': 'Bearer {}'",
    "Set-Cookie: sid={}; HttpOnly",
    '"set-cookie":"sid={}"',
    "X-Vault-Token: {}",
    "GITHUB_TOKEN: {}",
    "JWT_SECRET => {}",
    "NPM_TOKEN={}",
    "--db-password {}",
    "--token={}",
    "curl --user admin:{} http://x",
    "sshpass -p {} ssh host",
    "CREATE USER app IDENTIFIED BY '{}'",
    "requirepass {}",
    "_auth={}",
    "the api key is {}",
    "login with token {}",
    'token is "{}"',
    "rootpw={}",
    "PHPSESSID={}a1b2c3d4",
    "GET /maps?key={}a1b2c3d4&x=1",
    "seed phrase: apple {} pear",
    "hash $2b$12${0}{0}{0}{0}{0}",
    '"kty": "oct", "k": "{0}{0}{0}{0}"',
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\\n{}\\n-----END PGP PRIVATE KEY BLOCK-----",
)
QUOTED: Final = ('password="my {}, and more"', "secret='{} x'", 'DB_PASSWORD: "a {}"')
CODES: Final = ("your OTP code: 481516", "verification code is 481516", "2fa token=481516")

#: Lines that programs write every day.
HARMLESS: Final = r"""
Traceback (most recent call last):
  File "/app/main.py", line 42, in <module>
    token = parser.next_token()
    password = config.get("password")
    password = self.password
SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON
Unexpected token: punc ()) [main.js:1,2]
psycopg2.OperationalError: could not connect to server: Connection refused
FATAL:  password authentication failed for user "app"
java.lang.NullPointerException: Cannot invoke "com.acme.Token.getId()" because "token" is null
        at com.acme.auth.TokenService.refresh(TokenService.java:118)
        at org.springframework.security.authentication.ProviderManager.authenticate(P.java:182)
{"level":"error","ts":"2026-03-02T02:14:09.123Z","path":"/auth/login","status":500}
{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","tokens":1234}
{"error":"invalid_grant","error_description":"Token has been expired or revoked."}
{"user":{"id":17,"password":null,"token":null}}
{"password":"***","token":"****"}
GET /auth/login 500 12ms
10.0.1.17 - - [02/Mar/2026:02:14:09 +0000] "GET /api/token HTTP/1.1" 200 612 "-" "curl/8.5.0"
author bob <bob@example.com> committed 9f8e7d6c5b4a39281706f5e4d3c2b1a098765432
commit 3f1e2d4c5b6a79881726354a5b6c7d8e9f0a1b2c
SELECT id, password_hash FROM users WHERE id = 17
UPDATE tokens SET expires_at = now() WHERE id = 12
INSERT INTO secrets (id, name) VALUES (1, 'db')
relation "auth_tokens" does not exist at character 15
Duplicate entry '42' for key 'users.PRIMARY'
foreign key constraint fails (`shop`.`orders`, CONSTRAINT `fk_1` FOREIGN KEY (`user_id`))
arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf
arn:aws:iam::123456789012:role/ecsTaskExecutionRole
An error occurred (AccessDeniedException) when calling the GetSecretValue operation
botocore.exceptions.NoCredentialsError: Unable to locate credentials
request id 7f3c1b9e-2d4a-4c6b-9e8f-0a1b2c3d4e5f took 118 ms
X-Request-Id: 7f3c1b9e-2d4a-4c6b-9e8f-0a1b2c3d4e5f
panic: runtime error: invalid memory address or nil pointer dereference
main.(*Server).authenticate(0xc0000b4000, {0xc0000180f0, 0x24})
Error: Cannot find module 'jsonwebtoken'
npm warn deprecated har-validator@5.1.5: this library is no longer supported
Killed process 4242 (java) total-vm:8123456kB, anon-rss:4012345kB
level=info msg="Starting server" addr=:8080 version=1.2.3 revision=9f8e7d6
WARN: token expired at 2026-03-02T02:14:09Z
invalid token: expected 3 segments
Invalid credentials for user 17
secret not found: prod/db
password must be at least 12 characters
Password reset requested for user 4711
passwd: user 'app' does not exist
api key is missing
cache key=user:17:profile miss
cache_key=9f8e7d6c5b4a39281706f5e4d3c2b1a0 partition_key=order20260302000017
Idempotency-Key: 7f3c1b9e-2d4a-4c6b-9e8f-0a1b2c3d4e5f
KeyError: 'DB_PASSWORD'
Missing required environment variable API_KEY
environment variable DB_PASSWORD is not set
reading /run/secrets/db_password
--password-file /run/secrets/pw
max_tokens=4096 temperature=0.7
prompt_tokens: 1024, completion_tokens: 256
next_page_token=None
session expired
authorization failed for role reader
Authorization header missing
401 Unauthorized: Bearer token required
sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
etag "33a64df551425fcc55e4d42a148795d9f25f89d4"
pulling 123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:v1.2.3@sha256:0123456789abcdef
connecting to redis://cache:6379/0
postgresql://app@db:5432/shop
https://example.com/a?b=c&page=2&sort=asc
s3://bucket/key=2026-03-02/part-00017.parquet
ERROR 1045 (28000): Access denied for user 'app'@'10.0.1.17' (using password: YES)
order 1234567890123456 accepted
java.lang.OutOfMemoryError: Java heap space
sasl authentication failed: mechanism SCRAM-SHA-512
ssh-rsa fingerprint SHA256:uNiVztksCsDhcc0u9e8BrQOrh8tnRcKzDXnBEj5fJpo
host key verification failed
private key file /etc/ssl/key.pem is not readable
task-definition/auth-api:17
compass: north, bypass=1
docker run -p 8080:80 -u 1000:1000 app
password=<redacted> token=<masked>
password=[FILTERED]
The SECRET_KEY setting must not be empty.
KMS key 1234abcd-12ab-34cd-56ef-1234567890ab is disabled
The request signature we calculated does not match the signature you provided
Your card was declined. (request req_a1B2c3D4e5F6g7)
customer cus_NffrFeUfNV2Hib, charge ch_3MmlLrLkdIwHu7ix0snN0B15
error code: 404, code=404&state=failed
""".strip("\n").split("\n")


def value_of(signs: str, length: int) -> st.SearchStrategy[str]:
    """Return what stands in a token."""
    return st.text(signs, min_size=length, max_size=length)


#: What no plain word is.
SECRETS: Final = st.builds(
    "{}{}{}".format,
    value_of(string.ascii_letters, 5),
    value_of(string.digits, 2),
    value_of(LETTERS, 5),
)


@given(st.integers(min_value=0))
def test_a_token_of_each_vendor_is_found_in_any_line(seed: int) -> None:
    random, kept = Random(seed), {}  # noqa: S311
    for vendor, (begin, signs, length, end) in TOKENS.items():
        token = begin + "".join(random.choices(signs, k=length)) + end
        line = random.choice(TOKEN_FORMS).format(token)
        if token in redact(line):
            kept[vendor] = line

    assert kept == {}


@each(("name", "form"), product(NAMES, NAME_FORMS))
def test_a_secret_is_found_behind_every_name_in_every_form(name: str, form: str) -> None:
    assert "correct7horse" not in redact(form.format(name, "correct7horse"))


@given(st.sampled_from(NAMES), st.sampled_from(NAME_FORMS), SECRETS, st.sampled_from(HARMLESS))
def test_a_secret_behind_its_name_is_found(name: str, form: str, secret: str, before: str) -> None:
    redacted = redact(f"{before} {form.format(name, secret)}")
    assert secret not in redacted
    assert redacted.startswith(before)


@given(st.sampled_from([*LINES, *QUOTED]), SECRETS)
def test_a_secret_in_a_known_place_is_found(line: str, secret: str) -> None:
    assert secret not in redact(line.format(secret))


@pytest.mark.parametrize("line", CODES)
def test_a_code_for_a_login_is_found(line: str) -> None:
    assert "481516" not in redact(line)


@given(st.text("!#%&)+,./:;=?@^_|}~-", min_size=1, max_size=1), SECRETS)
def test_a_password_with_marks_in_it_is_found_whole(mark: str, secret: str) -> None:
    assert secret not in redact(f"DB_PASSWORD=Start1{mark}{secret}")


@each("line", HARMLESS)
def test_a_line_without_a_secret_stays(line: str) -> None:
    assert redact(line) == line


@given(st.sampled_from([*LINES, *NAME_FORMS]), SECRETS)
def test_a_redacted_line_stays_when_it_is_redacted_again(form: str, secret: str) -> None:
    once = redact(form.format("password", secret))
    assert redact(once) == once


@each("vendor", sorted({*TOKENS} - {"jwt"}))
def test_what_a_token_begins_with_is_none(vendor: str) -> None:
    line = f"no {TOKENS[vendor][0]} here"
    assert redact(line) == line
