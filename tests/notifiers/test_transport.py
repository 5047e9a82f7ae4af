"""A request on its way to a server: what goes over the wire is what urllib3 itself would send."""

from __future__ import annotations

from typing import Final

import pytest
from urllib3 import PoolManager, ProxyManager
from urllib3.util import make_headers

from answering_server import answer, server
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.notifiers._http import ConfirmedPost
from ecs_failure_alerts.notifiers._transport import find_transport
from rows import each

PATHS: Final = (
    "", "?", "?a=b", "/", "/x?", "/x?a=b&c=d", "/x#fragment", "/x?a#b", "//x", "///x?a", "//h:1/x",
    "/a/../b", "/a/./b", "/..", "/%7euser/%2f", "/a%20b?c%20d", "/%zz", "/ü?ü=ü", "/x;p=1", "/x|y",
    "/x'y\"<>", "/a\\b", "/@x", "/:80", "/*", "/http://h/x", "/x?u=http://h/",
)  # fmt: skip
HEADERS: Final = {"X-Token": "1", "Connection": "close"}
OK: Final = answer("200 OK", b"confirmed")


def posted(url: str, proxy: str = "") -> None:
    """Post something as a notifier does."""
    post = ConfirmedPost(url, headers=HEADERS, attempts=1, proxy=proxy)
    post.send(b"alert", lambda body: body == b"confirmed", Deadline.after(60))


@each("path", PATHS)
def test_a_server_gets_the_request_of_urllib3(path: str) -> None:
    with server(OK, OK) as (url, requests):
        address = url.removesuffix("/hook") + path
        PoolManager().request("POST", address, body=b"alert", headers=HEADERS)
        posted(address)
    assert requests[1] == requests[0]


@each("path", PATHS)
def test_a_proxy_gets_the_request_of_urllib3(path: str) -> None:
    """It has to read the whole URL, and may ask for credentials."""
    with server(OK, OK) as (url, requests):
        proxy, address = url.replace("//", "//me:secret@"), f"http://HOST.test:8080{path}"
        login = make_headers(proxy_basic_auth="me:secret")
        manager = ProxyManager(proxy, proxy_headers=login)
        # The oldest urllib3 that is allowed tells a proxy the fragment, which is nobody's business.
        asked = address.partition("#")[0]
        manager.request("POST", asked, body=b"alert", headers=HEADERS)
        posted(address, proxy)
    assert requests[1] == requests[0]


def test_only_a_proxy_that_has_to_read_the_request_is_asked_for_the_whole_url() -> None:
    """Through the tunnel of https the server reads it."""
    secure, clear = (
        find_transport(f"{scheme}://h:8/a?b", "h", ca_certs=None, proxy="http://p:1")
        for scheme in ("https", "http")
    )
    assert (secure.target, secure.headers) == ("/a?b", {})
    assert (clear.target, clear.headers["Host"]) == ("http://h:8/a?b", "h:8")


def test_a_proxy_is_not_told_the_login_of_the_url_as_its_host() -> None:
    with server(OK) as (url, requests):
        posted("http://me:secret@host.test/x", url)
    assert b"\r\nHost: host.test\r\n" in requests[0]


@pytest.mark.parametrize("own", ["text/plain", "*/*"])
def test_a_header_of_the_notifier_takes_the_place_of_the_proxys(own: str) -> None:
    with server(OK) as (url, requests):
        post = ConfirmedPost("http://host.test/x", headers={"Accept": own}, attempts=1, proxy=url)
        post.send(b"alert", lambda _: True, Deadline.after(60))
    assert requests[0].count(b"\r\nAccept: ") == 1
    assert f"\r\nAccept: {own}\r\n".encode() in requests[0]
