"""What looks like a secret does not leave, and what does not stays as it is."""

from __future__ import annotations

import json
import re
import string
import sys
import time

from hypothesis import assume, example, given
from hypothesis import strategies as st

from ecs_failure_alerts import judge
from ecs_failure_alerts._texts import without_invisible
from ecs_failure_alerts.redaction import redact, redact_and_cut
from ecs_failure_alerts.redaction._redaction import _signs_in, as_seen
from ecs_failure_alerts.redaction._shapes import SHAPES, Shape
from ecs_failure_alerts.testing import task_state_change
from linear_time import assert_linear
from rows import each
from strategies import CHARACTERS

#: A text, and the secret in it. Vendors' tokens are put together, so that no scanner finds them.
SECRETS = {
    "command": ('exec: "mysql -pHUNTER2": executable file not found in $PATH', "HUNTER2"),
    "command-in-json": ('caused "exec: \\"sh -c HUNTER2\\": stat', "HUNTER2"),
    "command-cut-off": ('exec: "mysql -h db -pHUNTER2', "HUNTER2"),
    "stat": ("stat curl http://h/HUNTER2: no such file or directory", "HUNTER2"),
    "fork": ("fork/exec run HUNTER2 x: permission denied", "HUNTER2"),
    "padded-on-the-next-line": ("your token\nSFVOVEVSMg12==", "SFVOVEVSMg12=="),
    "url": ("connect to postgres://app:HUNTER2@db:5432/x failed", "HUNTER2"),
    "url-without-user": ("redis://:HUNTER2@cache", "HUNTER2"),
    "url-with-an-at-sign": ("postgres://app:HUN@TER2@db", "TER2"),
    "authorization": ("Authorization: Digest HUNTER2", "HUNTER2"),
    "authorization-without-scheme": ("Authorization=abcdefghHUNTER2xyz", "HUNTER2"),
    "bearer": ("bearer abcdefghHUNTER2xyz", "HUNTER2"),
    "cookie": ("Set-Cookie: sid=HUNTER2; Path=/", "HUNTER2"),
    "jwt": ("got eyJhbGciOiJ9.eyJzdWIiOiIx.HUNTER2", "HUNTER2"),
    "aws": ("key AKIA" + "IOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
    "signed": ("https://b.s3.amazonaws.com/k?X-Amz-Signature=HUNTER2&x=1", "HUNTER2"),
    "github": ("ghp" + "_" + "a1" * 20, "a1a1"),
    "slack": ("https://hooks.slack" + ".com/services/T0/B0/HUNTER2", "HUNTER2"),
    "dsn": ("http://" + "0123456789abcdef" * 2 + "@sentry.example/1", "0123456789abcdef"),
    "variable": ("DB_PASSWORD=HUNTER2 is wrong", "HUNTER2"),
    "variable in a URL": ("?next=%3FDB_PASSWORD%3DHUNTER2", "HUNTER2"),
    "colon": ("password: HUNTER2", "HUNTER2"),
    "json": ('{"apiKey": "HUNTER2"}', "HUNTER2"),
    "json-in-json": ('{\\"client_secret\\":\\"HUNTER2\\"}', "HUNTER2"),
    "arrow": ("access_token => HUNTER2", "HUNTER2"),
    "plain-token": ("token=HUNTER2", "HUNTER2"),
    "plain-token-with-digits": ("token: HUNTER2", "HUNTER2"),
    "option": ("run --db-password HUNTER2 now", "HUNTER2"),
    "mysql": ("mysql -h db -u app -pHUNTER2", "HUNTER2"),
    "curl": ("curl -s -u app:HUNTER2 https://h", "HUNTER2"),
    "card": ("card 4111 1111 1111 1111 refused", "1111 1111"),
    "aws-secret": (
        "AKIA" + "IOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "K7MDENG",
    ),
    "suffix": ("DB_PASSWORD_PROD=HUNTER2", "HUNTER2"),
    "suffix-of-digits": ("PASSWORD_1=HUNTER2", "HUNTER2"),
    "suffix-in-lower-case": ("db_password_old: HUNTER2", "HUNTER2"),
    "two-suffixes": ("API_KEY_PROD_V2=HUNTER2", "HUNTER2"),
    "suffix-base64": ("ENCRYPTION_KEY_BASE64=HUNTER2", "HUNTER2"),
    "name-and-value": ('{"name":"DB_PASSWORD","value":"HUNTER2"}', "HUNTER2"),
    "name-and-value-of-javascript": ("{ Name: 'DB_PASSWORD', Value: 'HUNTER2' }", "HUNTER2"),
    "parameter": (
        '{"Name":"/prod/db/password","Type":"SecureString","Value":"HUNTER2"}',
        "HUNTER2",
    ),
    "xml-attributes": ('<add key="Password" value="HUNTER2"/>', "HUNTER2"),
    "tuple": ("('DB_PASSWORD', 'HUNTER2')", "HUNTER2"),
    "tuple-of-redis": ("('REDIS_AUTH', 'HUNTER2')", "HUNTER2"),
    "secret-string": ('{"SecretString": "HUNTER2"}', "HUNTER2"),
    "list": ('{"password":["HUNTER2"]}', "HUNTER2"),
    "escaped-quote": ('{"password": "a\\"b-HUNTER2"}', "HUNTER2"),
    "doubled-quote": ("DB_PASSWORD: 'it''sHUNTER2'", "HUNTER2"),
    "comparison": ("password == 'HUNTER2'", "HUNTER2"),
    "changed-to": ("changed password to HUNTER2", "HUNTER2"),
    "is-with-a-colon": ("password is: HUNTERS", "HUNTERS"),
    "docker-login": ("docker login -u a -p HUNTER2", "HUNTER2"),
    "redis-auth": ("REDIS_AUTH=HUNTER2", "HUNTER2"),
    "jwt-secret": ("jwtSecret: HUNTER2", "HUNTER2"),
    "authorization-in-a-list": ("{'Authorization': ['Bearer HUNTER2']}", "HUNTER2"),
    "authorization-in-quotes": ('headers={"authorization":"HUNTER2"}', "HUNTER2"),
    "aws-secret-behind-a-slash": (
        "ASIA" + "IOSFODNN7EXAMPLE/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "K7MDENG",
    ),
    "aws-secret-named": ("aws_secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "K7MDENG"),
    "old-dsn": ("https://HUNTER2@o1.ingest.sentry.io/1", "HUNTER2"),
    "url-token-as-user": ("https://HUNTER2:x-oauth-basic@git.example/a.git", "HUNTER2"),
    "url-key-elsewhere": ("redis://HUNTER2@cache", "HUNTER2"),
    "exec-list": ('exec: "mysql","-pHUNTER2"', "HUNTER2"),
    "exec-list-in-json": ('exec: \\"sh\\", \\"-c\\", \\"HUNTER2\\"', "HUNTER2"),
    "exec-long-option": ('exec: "--password", "HUNTER2"', "HUNTER2"),
    "exec-option": ('exec: "-pHUNTER2": executable file not found', "HUNTER2"),
    "option-unknown": ("invalid option -pHUNTER2", "HUNTER2"),
    "option-in-list": ('["run", "--token", "HUNTER2"]', "HUNTER2"),
    "mysql-list": ('["mysql", "-h", "db", "-phunter"]', "phunter"),
    "pass": ("PASS=HUNTER2", "HUNTER2"),
    "pass-of-db": ("DB_PASS=HUNTER2", "HUNTER2"),
    "pass-with-colon": ("pass: HUNTER2", "HUNTER2"),
    "pass-in-json": ('{"pass": "hunter"}', "hunter"),
    "pw": ("pw=HUNTER2", "HUNTER2"),
    "credentials": ("credentials app:HUNTER2", "HUNTER2"),
    "sentence-quoted": ('the password is "hunter"', "hunter"),
    "sentence": ("the password is HUNTER2", "HUNTER2"),
    "german": ("Kennwort=HUNTER2", "HUNTER2"),
    "spanish": ("contraseña=HUNTER2", "HUNTER2"),
    "spanish-ascii": ("contrasena=HUNTER2", "HUNTER2"),
    "french": ("mot de passe : HUNTER2", "HUNTER2"),
    "gitlab-short": ("glpat" + "-HUNTER2", "HUNTER2"),
    "github-short": ("github_pat" + "_HUNTER2", "HUNTER2"),
    "launchdarkly": ("sdk" + "-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", "0a1b2c3d4e5f"),
    "octopus": ("API" + "-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFG"),
    "discord": ("MTA" + "a1" * 11 + ".abcdef." + "b2" * 15, "b2b2"),
    "twilio": ("SK" + "a1" * 16, "a1a1"),
    "mailgun": ("key" + "-" + "a1" * 16, "a1a1"),
    "mailchimp": ("a1" * 16 + "-us" + "12", "a1a1"),
    "elevenlabs": ("sk" + "_" + "a1" * 24, "a1a1"),
    "openai-old": ("sk" + "-" + "a1" * 20, "a1a1"),
    "resend": ("re" + "_abcdefgh_" + "a1" * 12, "a1a1"),
    "airtable": ("pat" + "a1" * 7 + "." + "b2" * 32, "b2b2"),
    "yandex": ("YC" + "a1" * 19, "a1a1"),
    "named-key": ("fastly_key = 'HUNTER2HUNTER2HUNTER2'", "HUNTER2"),
    "xml": ("<password>HUNTER2</password>", "HUNTER2"),
    "sentence-key": ("the api key is HUNTER2x", "HUNTER2"),
    "sql": ("CREATE USER app IDENTIFIED BY 'hunter'", "hunter"),
    "npm": ("_auth=HUNTER2", "HUNTER2"),
    "seed": ("seed phrase: apple hunter pear", "hunter"),
    "user-option": ("run --user app:HUNTER2", "HUNTER2"),
    "data-source": ("dial app:HUNTER2@tcp(db:3306)/shop", "HUNTER2"),
    "oracle": ("jdbc:oracle:thin:scott/HUNTER2@db:1521/x", "HUNTER2"),
    "hash": ("hash $2b" + "$12$" + "HUNTER2" * 8, "HUNTER2"),
    "session": ("JSESSIONID=HUNTER2HUNTER2HUNTER2", "HUNTER2"),
    "query": ("GET /maps?key=HUNTER2HUNTER2HUNTER2&x=1", "HUNTER2"),
    "jwk": ('{"kty": "oct", "k": "' + "HUNTER2" * 6 + '"}', "HUNTER2"),
    "code": ("your OTP code: 481516", "481516"),
    "mysql-behind-a-port": ("mysql -A -h db -P 3306 -p hunter", "hunter"),
    "registry-login": ("helm registry login -u a -p hunter r.io", "hunter"),
    "sqlcmd": ("sqlcmd -S db -U sa -P hunter -Q x", "hunter"),
    "ldap": ("ldapsearch -D cn=a,dc=x -w hunter -b dc=x", "hunter"),
    "htpasswd": ("htpasswd -bc .users app hunter", "hunter"),
    "lftp": ("lftp -u app,hunter ftp://h", "hunter"),
    "smbclient": ("smbclient //h/s -U 'DOM\\app%hunter'", "hunter"),
    "sqlplus": ("sqlplus -S scott/hunter@db", "hunter"),
    "keytool": ("keytool -storepass hunter1 -keypass hunter2", "hunter"),
    "windows-switch": ("run.exe /user:app /password:hunter", "hunter"),
    "windows-short-switch": ('"run.exe /p:hunter"', "hunter"),
    "user-option-with-a-blank": ("curl --user 'app:big HUNTER2' https://h", "HUNTER2"),
    "curl-with-a-blank": ("curl -s -u 'app:big HUNTER2' https://h", "HUNTER2"),
    "name-and-value-short": ("environment=[{name=DB_PASSWORD,value=hunter}]", "hunter"),
    "name-and-value-of-yaml": ("- name: SMTP_PASS\n  value: hunter", "hunter"),
    "password-of-an-owner": ("smtpPass=hunter", "hunter"),
    "session-secret": ("session_secret: hunter", "hunter"),
    "named-key-of-airflow": ("AIRFLOW__CORE__FERNET_KEY=" + "HUNTER2" * 3, "HUNTER2"),
    "escaped-quote-in-json-in-json": ('{\\"password\\":\\"a\\\\\\"HUNTER2\\"}', "HUNTER2"),
    "braces": ("user=sa;password={a}}b;HUNTER2};encrypt=true", "HUNTER2"),
    "stars-before-it": ("password=**hunter", "hunter"),
    "rotated-to": ("rotated pw to HUNTER2", "HUNTER2"),
    "password-for": ("password for user app: HUNTER2", "HUNTER2"),
    "sql-of-oracle": ("CREATE USER app IDENTIFIED BY hunter", "hunter"),
    "telegram": ("https://api.telegram.org/bot1234567890:" + "AA" + "a1" * 17, "a1a1"),
    "name-and-value-of-a-command": (
        "aws ssm put-parameter --name /x/password --value hunter --type SecureString",
        "hunter",
    ),
    "secret-string-option": ("create-secret --name x --secret-string hunter", "hunter"),
    "account-key-option": ("az storage --account-key hunter==", "hunter"),
    "rabbitmq": ("rabbitmqctl add_user app hunter", "hunter"),
    "openssl": ("openssl enc -aes-256-cbc -k hunter", "hunter"),
    "yaml-tag": ("password: !!str hunter", "hunter"),
    "yaml-block": ("password: |\n  hunter", "hunter"),
    "key-in-base64": ("APP_KEY=base64:" + "HUNTER2/" * 3, "HUNTER2"),
    "docker-config": ('{"auths":{"r.io":{"auth":"HUNTER2x=="}}}', "HUNTER2"),
    "vault-old": ("vault login s." + "a1b2c3" * 4, "a1b2c3"),
    "pem": ("-----BEGIN RSA PRIVATE KEY-----\nHUNTER2\n-----END RSA PRIVATE KEY-----", "HUNTER2"),
    "pem-cut-off": ("-----BEGIN PRIVATE KEY-----\nHUNTER2", "HUNTER2"),
    "scheme-with-an-underscore": ("oracle+cx_oracle://scott:HUNTER2@db/x", "HUNTER2"),
    "url-with-a-quote": ("postgres://app:it's-HUNTER2@db/x", "HUNTER2"),
    "url-with-escaped-slashes": ('"postgres:\\/\\/app:HUNTER2@db\\/x"', "HUNTER2"),
    "url-in-a-url": ("?to=https%3A%2F%2Fapp%3AHUNTER2%40db%2Fx", "HUNTER2"),
    "full-width": ("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff1dHUNTER2", "HUNTER2"),
    "thin-arrow": ("Map(password -> HUNTER2, user -> app)", "HUNTER2"),
    "thin-arrow-and-quotes": ('password -> "hunter"', "hunter"),
    "three-quotes": ('password = """hunter"""', "hunter"),
    "letter-before-quotes": ("connect(password=u'hunter')", "hunter"),
    "call-around-it": ("Settings(db_password=SecretStr('hunter'))", "hunter"),
    "some": ('Credentials { password: Some("hunter") }', "hunter"),
    "erlang": ('password = <<"hunter">>', "hunter"),
    "backquotes": ("`password`: `HUNTER2`", "HUNTER2"),
    "curly-quotes": ("\u201cpassword\u201d: \u201cHUNTER2\u201d", "HUNTER2"),
    "quotes-of-html": ("{&quot;password&quot;:&quot;HUNTER2&quot;}", "HUNTER2"),
    "quotes-in-a-url": ("%7B%22password%22%3A%22HUNTER2%22%7D", "HUNTER2"),
    "quotes-by-code": ("\\u0022password\\u0022:\\u0022HUNTER2\\u0022", "HUNTER2"),
    "equals-by-code": ("password\\u003dHUNTER2", "HUNTER2"),
    "var-dump": ('["password"]=> string(12) "hunter"', "hunter"),
    "ldif": ("userPassword:: HUNTER2==", "HUNTER2"),
    "yaml-list": ("password:\n  - HUNTER2", "HUNTER2"),
    "aligned": ("password       : HUNTER2", "HUNTER2"),
    "confirmed": ("password_confirmation=hunter", "hunter"),
    "rediscli": ("REDISCLI_AUTH=HUNTER2", "HUNTER2"),
    "sshpass": ("SSHPASS=hunter", "hunter"),
    "bindpw": ("bindpw HUNTER2", "HUNTER2"),
    "russian": ("пароль=HUNTER2", "HUNTER2"),
    "chinese": ("密码\uff1aHUNTER2", "HUNTER2"),
    "polish": ("hasło: HUNTER2", "HUNTER2"),
    "pair-in-a-list": ('["password", "HUNTER2"]', "HUNTER2"),
    "value-before-name": ('{"value":"HUNTER2","name":"DB_PASSWORD"}', "HUNTER2"),
    "passwords": ("passwords = ['hunter', 'other']", "hunter"),
    "secrets": ('{"secrets":{"db":"hunter"}}', "hunter"),
    "object-of-credentials": ("credentials={'u': 'hunter'}", "hunter"),
    "creds": ("creds=app:HUNTER2", "HUNTER2"),
    "basic-auth": ("auth=HTTPBasicAuth('app', 'hunter')", "hunter"),
    "xml-with-an-attribute": ('<wsse:Password Type="x">HUNTER2</wsse:Password>', "HUNTER2"),
    "xml-cdata": ("<password><![CDATA[HUNTER2]]></password>", "HUNTER2"),
    "xml-named": ('<property name="db.password">hunter</property>', "hunter"),
    "xml-escaped": ("&lt;password&gt;HUNTER2&lt;/password&gt;", "HUNTER2"),
    "key-provided": ("Incorrect API key provided: HUNTER2xyz", "HUNTER2"),
    "key-in-base64-with-signs": ("COSMOS_KEY=" + "HUN/TER2+" * 4 + "==", "TER2"),
    "option-in-camel-case": ("run --dbPassword hunter", "hunter"),
    "option-in-snake-case": ("run --client_secret hunter", "hunter"),
    "option-with-digits": ("rclone --s3-secret-access-key hunter", "hunter"),
    "option-passphrase": ("gpg --batch --passphrase hunter -d f", "hunter"),
    "option-bearer": ("curl --oauth2-bearer hunter https://h", "hunter"),
    "option-passout": ("openssl pkcs12 -passout pass:hunter", "hunter"),
    "option-pw": ("plink -pw hunter h", "hunter"),
    "curl-in-a-list": ('["curl","-s","-u","app:HUNTER2"]', "HUNTER2"),
    "rabbitmqadmin": ("rabbitmqadmin -u app -p hunter list", "hunter"),
    "zip": ("zip -r -P hunter a.zip b", "hunter"),
    "mosquitto": ("mosquitto_pub -h h -u app -P hunter -t t", "hunter"),
    "ssh-keygen": ("ssh-keygen -t ed25519 -N hunter -f k", "hunter"),
    "vault-login": ("vault login HUNTER2", "HUNTER2"),
    "net-use": ("net use \\\\h\\share hunter /user:app", "hunter"),
    "net-use-in-a-sentence": ("net use \\\\h\\share hunter /user:app failed", "hunter"),
    "net-use-user-first": ("net use x: /user:app hunter", "hunter"),
    "standard-input": ("echo hunter | docker login -u a --password-stdin r.io", "hunter"),
    "chpasswd": ("echo 'root:hunter' | chpasswd", "hunter"),
    "redis-unknown": ("ERR unknown command `AUTH`, with args beginning with: `hunter`", "hunter"),
    "smtp-auth": ("C: AUTH PLAIN AGhHUNTER2==", "HUNTER2"),
    "twilio-pair": ("AC" + "a1" * 16 + ":" + "b2" * 16, "b2b2"),
    "curl-with-short-options-in-one": ("curl -k -sSu app:hunter https://h", "hunter"),
    "secure-parameter": (
        "aws ssm put-parameter --name /a/b --value 'big HUNTER2' --type SecureString",
        "HUNTER2",
    ),
    "secure-parameter-first": (
        "aws ssm put-parameter --type SecureString --name /a/b --value=HUNTER2",
        "HUNTER2",
    ),
    "curl-cookie": ("curl --cookie 'sid=HUNTER2' https://h", "HUNTER2"),
    "dots": ("HikariConfig - password.............HUNTER2", "HUNTER2"),
    "set-password-for": ("SET PASSWORD FOR app = 'hunter'", "hunter"),
    "zapier": ("https://hooks.zapier" + ".com/hooks/catch/1/HUNTER2/", "HUNTER2"),
    "discord-canary": ("https://canary.discord" + ".com/api/v9/webhooks/1/HUNTER2", "HUNTER2"),
    "mattermost": ("https://chat.example/hooks/hunter" + "a1" * 10, "hunter"),
}
HARMLESS = [
    "PASSWORD_FILE=/run/secrets/x",
    "DB_PASSWORD_ARN=arn:aws:x",
    "API_KEY_HEADER=X-Api-Key",
    "mysql -u root -p -h db.internal, sqlcmd -P -i f.sql",
    "openssl enc -k --verbose",
    "net use z: \\\\h\\share /user:app",
    "put-parameter --name a --value b --type String",
    "put-parameter --value file://a --type SecureString",
    "API_KEY_HEADER=X-Api-Key\nPASSWORD_MIN_LENGTH=8",
    "PASSWORD_MIN_LENGTH=8",
    "SESSION_TOKEN_TTL=3600",
    "fields ('password', 'email')",
    '{"name":"LOG_LEVEL","value":"debug"}',
    '{"name":"PASSWORD_FILE","value":"/run/x"}',
    "the password is: expired",
    "set password to proceed",
    '"authorization": "enabled"',
    "PWD=/app OLDPWD=/app/src",
    "pwd: /app",
    "trace_id=4111111111111111",
    "request id=4111111111111111",
    "Essential container in task exited",
    (
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to "
        "resolve ref 123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:latest: not found"
    ),
    (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
        "retrieval failed: unable to retrieve secret from asm: failed to fetch secret "
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app/db-9XyZ12 from secrets manager"
    ),
    (
        "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/task/0123456789abcdef "
        "is not authorized to perform: ssm:GetParameters"
    ),
    "unable to retrieve ecr registry auth: GetAuthorizationToken operation error",
    "OutOfMemoryError: Container killed due to memory usage",
    'exec: "/app/start": stat /app/start: no such file or directory',
    "Unexpected token: punctuation",
    "password: missing",
    "open /tmp/containerd-mount91/etc/passwd: no such file or directory",
    "does not exist or may require authorization: server message: insufficient_scope",
    "password=${DB_PASSWORD}",
    "secret=***",
    (
        "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-central-1:"
        "123456789012:targetgroup/web/0123456789abcdef)"
    ),
    "order 4111 1111 1111 1112 is no card",
    "at 1772417648912, after 4294967296 bytes",
    "cloning https://git@host/path and ssh://deploy@host/path",
    "docker-pullable://App1@sha256:0123",
    'exec: "--port": executable file not found in $PATH',
    "mkdir -p/App1 failed, -p8080:80, -port 3306, -pthread, -profile=Prod1",
    "tests pass: 12, pass: all, pass: 99%, pass=3, bypass=1 compass: north",
    "password is required, the password is base64-encoded, password for user db1",
    'password authentication failed for user "app1"',
    "credentials from arn:aws:iam::123456789012:role/x, credentials error: no, credentials db:5432",
    "NoCredentialsError: unable to locate credentials: https://docs.example/x",
    "AWS secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:app/db-9XyZ12",
    "mysql -A -h db -P 3306 -u app failed",
    "unzip -p a.zip, ldapsearch -W -x",
    "msbuild /p:Configuration=Release /port:8080 failed, GET /p:1/x, /passenger:3",
    "--bypass x, --compass north, -pass, the secret webhook-secret is missing",
    '"auth":"required" "auth": "basic_auth2"',
    "user app identified by its role, --value must not be empty, openssl enc -aes-256-cbc failed",
    "user app is identified by externally signed tokens, jobs identified by id",
    "password for user app: expired, firstPass=done, name: PASSWORD_FILE\n  value: /run/x",
    "lftp -u app ftp://h, sqlplus /nolog, curl -u app https://h, -u 1000:1000",
    "github_pat_token and glpat-token are names",
    "password: string | null, db_password: str = Field(x), password: {{ db_password }}",
    "password = var.db_password, password=System.getenv('A'), password: !Ref DbPassword",
    "get_password(self) -> str, password -> hashed, user -> app7, id_token -> session",
    "docker build --secret id=npm,src=.npmrc . and openssl rsa -passin env:A1",
    "https%3A%2F%2Fh%3A8080%2Fa%3Fmail%3Da%40b https%3A%2F%2Fapp%40h",
    "connecting to http://10.0.0.1:8080 as deploy@prod, 'http://h:80' by 'app@h'",
    "zip -r a.zip b, net use x: failed, echo done | tee log, AUTH failed for app7",
    "vault login failed, vault login -method=oidc, ngrok authtoken missing",
    "auth(user, 'x1') <b>token</b> tokens: [1, 2] secrets: {} credentials: null",
    "Scaling activity initiated by (deployment ecs-svc/4111111111111111)",
    "rotate-api-key:17 cannot pull shop/auth-token:v2.8.1-rc1 and reset-password:latest",
    "Service reset-password: API error (500): EOF; container auth-token: exit code 1",
    "db-password: ResourceInitializationError: unable to pull secrets",
    "connect to client-secret:8080 failed, cookie:latest, cookie: none was sent",
    "psql --no-password --host db1, mysql --password --host db1",
    "https://chat.example/hooks/list, -pw, the api key provided is unknown",
]


@each("form", SECRETS)
def test_a_secret_is_redacted(form: str) -> None:
    """The secret goes, its kind stands in its place, and the words around it stay."""
    text, secret = SECRETS[form]
    redacted = redact(text)
    assert secret not in redacted
    assert "[redacted: " in redacted
    assert redact(redacted) == redacted


@each("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    """Sentences of AWS, ARNs and references to secrets are not touched."""
    assert redact(text) == text


@each("shape", range(len(SHAPES)))
def test_every_shape_is_needed(shape: int) -> None:
    """Each row of the table finds something above."""
    assert any(SHAPES[shape].redact(text) != text for text, _ in SECRETS.values())


#: Letters, and others that `re.IGNORECASE` takes for the same.
CASES = [
    ("", ""),
    ("s", "\N{LATIN SMALL LETTER LONG S}"),
    ("k", "\N{KELVIN SIGN}"),
    ("i", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"),
    ("i", "\N{LATIN SMALL LETTER DOTLESS I}"),
    ("S", "\N{LATIN SMALL LETTER LONG S}"),
]


#: Letters for what the shapes' patterns make: of more, Hypothesis picks more slowly.
LATIN = st.characters(max_codepoint=0x24F)

#: The signs of all shapes.
SIGNS = sorted({sign for shape in SHAPES for sign in shape.signs})


def redact_by_every_shape(text: str) -> str:
    """Return *text* as `redact()` does, without looking for signs first."""
    seen = redacted = as_seen(text)
    for shape in SHAPES:
        redacted = shape.redact(redacted)
    return text if redacted == seen else redacted


def spell(text: str, case: tuple[str, str]) -> str:
    """Return *text* with other letters of the same meaning."""
    return text.replace(*case) if case[0] else text.swapcase()


@each("case", CASES, ids=ascii)
def test_looking_for_signs_first_loses_no_secret(case: tuple[str, str]) -> None:
    """However a secret's letters are written, all that its shape finds is redacted."""
    for text, _ in SECRETS.values():
        spelled = spell(text, case)
        assert redact(spelled) == redact_by_every_shape(spelled)


@given(st.data())
def test_looking_for_signs_first_changes_no_result(data: st.DataObject) -> None:
    """Texts that the shapes' own patterns make are redacted as if each shape had searched them."""
    planted = st.sampled_from(SHAPES).flatmap(
        lambda shape: st.from_regex(shape.regex, alphabet=LATIN)
    )
    pieces = data.draw(st.lists(planted | st.sampled_from(HARMLESS), min_size=1, max_size=3))
    text = spell(" ".join(pieces), data.draw(st.sampled_from(CASES)))
    assert redact(text) == redact_by_every_shape(text)


@given(st.lists(st.sampled_from(SIGNS) | st.text(string.printable, max_size=3)).map("".join))
def test_every_sign_in_a_text_is_found(text: str) -> None:
    """A sign with a rare letter is looked for only where that letter is."""
    assert _signs_in(text) == {sign for sign in SIGNS if sign in text.lower()}


def test_no_other_letter_is_taken_for_one_of_ascii() -> None:
    """The letters above are all that Python's regular expressions know."""
    beyond_ascii = "".join(map(chr, range(128, sys.maxunicode + 1)))
    alike = re.findall("[a-z]", beyond_ascii, re.IGNORECASE)
    assert set(alike) == {letter for _, letter in CASES if letter}


@given(st.sampled_from(sorted(SECRETS)), st.sampled_from(HARMLESS))
def test_a_secret_is_found_behind_any_harmless_line(form: str, line: str) -> None:
    """What stands before a secret neither hides it nor is lost with it."""
    text, secret = SECRETS[form]
    redacted = redact(f"{line}\n{text}")
    assert secret not in redacted.removeprefix(line)  # which has an id of its own
    assert redacted.startswith(f"{line}\n")


#: Those that end with their text, so nothing can follow.
CUT_OFF = {"command-cut-off", "pem-cut-off"}


@given(st.sampled_from(sorted(SECRETS.keys() - CUT_OFF)), st.sampled_from(sorted(SECRETS)))
def test_secrets_in_lines_side_by_side_are_both_redacted(first: str, second: str) -> None:
    (text, secret), (other_text, other) = SECRETS[first], SECRETS[second]
    assume(secret not in other_text or secret == other)
    assume(other_text.count(other) == 1)
    redacted = redact(f"{text}\n{other_text}")
    assert secret not in redacted
    assert other not in redacted


@given(st.lists(st.sampled_from(HARMLESS), min_size=1, max_size=4))
def test_harmless_lines_stay_together(lines: list[str]) -> None:
    """Lines without a secret make no secret side by side."""
    assert redact("\n".join(lines)) == "\n".join(lines)


@example(form="mysql", before="", after=":0")
@given(
    st.sampled_from(sorted(SECRETS)),
    st.text(CHARACTERS, max_size=10),
    st.text(CHARACTERS, max_size=10),
)
def test_redacting_again_changes_nothing(form: str, before: str, after: str) -> None:
    once = redact(f"{before} {SECRETS[form][0]} {after}")
    assert redact(once) == once


@each(
    "unit",
    [
        *("a", "a.", "a:", "://", "x://a:", "-----BEGIN PRIVATE KEY-----", 'exec: "a ', "stat a "),
        *("password=", "password ", "4 1", "mysql ", "mysql a ", "curl -", "curl a ", "--a-"),
        *("Authorization:", "basic ", "cookie:", "secret", "\\", "sk-", "AKIA", "xoxb-", "1-2 "),
        *("token: ", "eyJ", "glpat-", "-p", " -pa", "password is ", "credentials a"),
        *(
            'exec: "a", ',
            'exec: "a" "',
            "AKIAIOSFODNN7EXAMPLE ",
            "aws secret",
            "pw=",
            "db_pass",
            "a_",
        ),
        *('mysql","', "https://a", "mot de passe ", "A1a/", "a:a1", "-u a", "password,a", "$"),
        *("sqlcmd -S ", "ldapadd -w", "htpasswd -b ", "lftp -u ", "smbclient -u ", "/p:", "-u 'a:"),
        *(
            "--name password --value ",
            "openssl -k",
            "put-parameter a ",
            "put-parameter --value ",
            "rabbitmqctl add_user a",
            '"auth":"',
            "s.a",
        ),
        *("password: |\n ", "APP_KEY=base64:", "create user a identified by "),
        *("name:", "name: pass value: ", "password={", '\\"password\\":\\"\\\\\\"', "sqlplus -a "),
        *("--apass", "-passpass", "password for ", "user a identified by ", "db_pass", "a__"),
        *("<a:", "?key=", "a@", "gh", "password=a,", 'password="', "secret phrase: "),
        *("://a:'a", "%3A%2F%2Fa%3A", "password -> ", "password=[", "passwords={a", "<password a"),
        *('"value":"', '"value":"","name":"', "auth('", "AUTH a1 ", "net use a ", "echo a |", "AC"),
        *("<a name='", "&lt;a", "--a_", "--aa", "password:\n", "https://a/hooks/", "ssh-keygen a "),
    ],
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    assert_linear(lambda size: redact(unit * (size // len(unit))), 25_000)


#: Characters in which quadratic time already shows, and the seconds for them that are suspicious.
ENOUGH = 1_500
SUSPICIOUS = 0.0015


def units(shape: Shape) -> list[str]:
    """Return what a hostile text may repeat: a sign of *shape*, and what may join two."""
    marks = [mark for mark in "-_ .:" if mark in shape.pattern]
    return [sign + mark for sign in shape.signs for mark in ("", *marks)]


def seconds(shape: Shape, unit: str) -> float:
    """Return the processor's time for a text of nothing but *unit*."""
    begin = time.thread_time()
    shape.redact(unit * (ENOUGH // len(unit)))
    return time.thread_time() - begin


@each("shape", SHAPES, ids=lambda shape: f"{shape.name}: {shape.signs[0]}")
def test_no_repeated_sign_takes_quadratic_time(shape: Shape) -> None:
    """The slowest text that a shape's own signs make takes linear time."""
    slowest = max(units(shape), key=lambda unit: seconds(shape, unit))
    if seconds(shape, slowest) > SUSPICIOUS:
        assert_linear(lambda size: shape.redact(slowest * (size // len(slowest))), 20_000)


def test_the_alert_has_no_secret_of_a_reason() -> None:
    """A secret in a reason of AWS leaves neither in the message nor in a context."""
    reason = 'CannotStartContainerError: exec: "mysql -pHUNTER2": executable file not found'
    event = task_state_change(
        stopCode="TaskFailedToStart",
        stoppedReason="cannot connect to postgres://app:HUNTER2@db/x",
        startedBy="DB_PASSWORD=HUNTER2",
        containers=[{"name": "app", "reason": reason}],
    )
    alert = judge(event).as_alert()
    assert "HUNTER2" not in json.dumps(alert.to_dict())
    assert "postgres://app:[redacted: password]@db/x" in alert.message


def test_a_secret_is_redacted_before_the_text_is_cut() -> None:
    """A secret at the place where a long text is cut does not leave by half."""
    text = "x" * 990 + " postgres://app:" + "HUNTER2" * 20 + "@db"
    alert = judge(task_state_change(stoppedReason=text)).as_alert()
    assert "postgres://app:" in alert.message
    assert "HUNTER2" not in json.dumps(alert.to_dict())


def test_a_half_secret_at_the_end_of_what_is_read_is_not_shown() -> None:
    """A text of which a long secret goes is shown up to where the next one may be cut off."""
    key = "-----BEGIN PRIVATE KEY-----" + "A" * 4_800 + "-----END PRIVATE KEY-----"
    for length in range(150):
        text = f"{key}{'x' * length} postgres://app:{'HUNTER2' * 40}@db"
        assert "HUNTER2" not in redact_and_cut(text, 1_000)


#: A sign of no width, a soft hyphen, an override of the direction, a selector, a filler, a tag.
UNSEEN = "\u200b\u00ad\u202e\ufe0f\u3164\U000e0041"


@each("unseen", [*UNSEEN])
def test_no_sign_that_nobody_sees_hides_a_secret(unseen: str) -> None:
    """Neither in the name nor in the value."""
    for text in (f"DB_PASS{unseen}WORD=HUNTER2", f"DB_PASSWORD=HUN{unseen}TER2"):
        assert redact(text) == "DB_PASSWORD=[redacted: secret]"


@given(st.sampled_from([*SECRETS.values()]), st.sampled_from(UNSEEN), st.data())
def test_what_nobody_sees_hides_no_secret(
    secret: tuple[str, str], unseen: str, data: st.DataObject
) -> None:
    """Wherever it stands, in the name or in the value."""
    text, value = secret
    place = data.draw(st.integers(1, len(text) - 1))
    shown = redact(text[:place] + unseen + text[place:])
    assert value not in without_invisible(shown)


@each("text", ["\u26a0\ufe0f careful", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 5"])
def test_harmless_texts_keep_what_nobody_sees(text: str) -> None:
    """A sign in colours, and a language that needs it."""
    assert redact(text) == text
