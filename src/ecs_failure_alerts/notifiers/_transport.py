"""The connections to a server: trusted certificates and a proxy."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from attrs import frozen
from urllib3.util import make_headers, parse_url

from .._log import LOGGER
from ..exceptions import SettingsError
from ._connections import limit_answers

#: Endings of names that no public DNS server knows.
_PRIVATE_NAMES: Final = (
    ".arpa", ".corp", ".example", ".internal", ".invalid", ".lan", ".local", ".localhost", ".test",
)  # fmt: skip


@frozen(eq=False, repr=False)
class Transport:
    """
    The way to an address, perhaps through a proxy.

    Attributes:
        new_pool: Makes a pool of connections to the server, or to the proxy before it.
        target: What a request asks for: the path, or the whole URL where a proxy has to read it.
        headers: What a request tells a proxy that has to read it.
    """

    new_pool: Callable[[], urllib3.HTTPConnectionPool]
    target: str
    headers: Mapping[str, str]


def find_transport(url: str, host: str, *, ca_certs: str | None, proxy: str | None) -> Transport:
    """
    Find the way to *url*, perhaps through a proxy.

    Args:
        url: The address.
        host: The server's name or address in it.
        ca_certs: A file of CA certificates, in place of ``SSL_CERT_FILE`` and certifi's.
        proxy: The URL of a proxy, in place of the one in the environment; empty for none.

    Raises:
        ValueError: The given proxy or certificates cannot be used.
        SettingsError: The proxy or the certificates of the environment cannot be used.
    """
    address = parse_url(url)
    scheme = str(address.scheme)
    options: dict[str, Any] = {}
    if scheme == "https":  # made once, because it takes longer than the request
        options["ssl_context"] = _tls_context(ca_certs)

    chosen = proxy
    if chosen is None and not proxy_bypass(host):
        chosen = getproxies().get(scheme)
    if not chosen:
        return Transport(
            lambda: _pool(urllib3.PoolManager(**options), url), address.request_uri, {}
        )

    try:
        between = chosen if "://" in chosen else f"http://{chosen}"
        auth = parse_url(between).auth
        headers = make_headers(proxy_basic_auth=unquote(auth)) if auth else None
        urllib3.ProxyManager(between)
    except (TypeError, ValueError, urllib3.exceptions.HTTPError):  # its text may hold secrets
        why = (
            f"the proxy on the way to {host} has no valid URL: expected http://HOST:PORT, "
            "or http://USER:PASSWORD@HOST:PORT"
        )
        raise _unusable("proxy", proxy, f"{scheme.upper()}_PROXY", why) from None

    options["proxy_headers"] = headers
    target, extra = address.request_uri, {}
    if scheme == "http":
        target = address._replace(fragment=None).url
        extra = {"Accept": "*/*", "Host": str(address.netloc)}
    return Transport(lambda: _pool(urllib3.ProxyManager(between, **options), url), target, extra)


def _pool(manager: urllib3.PoolManager, url: str) -> urllib3.HTTPConnectionPool:
    """
    Return the pool by which *manager* reaches *url*.

    The pool is asked itself, because a manager looks for it, and reads the URL, at each request.
    """
    return limit_answers(manager).connection_from_url(url)


def _tls_context(ca_certs: str | None) -> ssl.SSLContext:
    certificates = ca_certs or os.environ.get("SSL_CERT_FILE") or certifi.where()
    try:
        return ssl.create_default_context(cafile=certificates)
    except (OSError, TypeError):
        why = f"no CA certificates can be read from {certificates}"
        raise _unusable("ca_certs", ca_certs, "SSL_CERT_FILE", why) from None


def _unusable(argument: str, given: str | None, variable: str, why: str) -> Exception:
    """Build the error for *argument*; for *variable* if the argument is not given."""
    return SettingsError(variable, why) if given is None else ValueError(f"{argument}: {why}")


def warn_of_clear_text(host: str, scheme: str) -> None:
    """
    Log a warning that others can read the alerts for *host*, if it may be on the internet.

    Args:
        host: The server's name or address.
        scheme: The scheme that the URL should have.
    """
    if _is_public(host):
        LOGGER.warning("alerts go to %s unencrypted: use %s", host, scheme)


def _is_public(host: str) -> bool:
    """Return whether *host* may be on the public internet, by its name or address."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        return ipaddress.ip_address(name).is_global
    except ValueError:
        return "." in name and not name.endswith(_PRIVATE_NAMES)
