"""
The picture in the README: an alert as the web page of a Sentry-protocol server shows it.

``PYTHONPATH=tests python -m integration.alert_picture`` sends the demo's first alert to Bugsink
and takes ``docs/alert.png`` with headless Chromium. It needs Debian's packages ``chromium`` and
``chromium-driver`` and ``pip install selenium``. Of the page's many sections it keeps the title,
and the tags, and of the page beside it the timeline with the last log lines.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ecs_failure_alerts import FailureAlerter
from ecs_failure_alerts.cli._demonstration import DemoLog, demo_events
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from integration.bugsink import bugsink_server, sign_in

PICTURE: Final = Path(__file__).parents[2] / "docs" / "alert.png"

_CHROMIUM: Final = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--window-size=980,1400", "--force-device-scale-factor=1.25"),
)

#: Keep the title and the tags, each a heading and what follows it, put the breadcrumbs of the other
#: page under them, and return what they take up.
_CUT: Final = """
const kept = ["Tags"];
const head = document.querySelector("h1").parentElement;
const isHeading = element => ["H1", "H3"].includes(element.tagName);
const sections = [];
for (const heading of document.querySelectorAll("h1, h3")) {
    if (!kept.includes(heading.textContent.trim())) continue;
    let element = heading;
    do {
        sections.push(element);
        element = element.nextElementSibling;
    } while (element && !isHeading(element));
}
const crumbs = document.createElement("div");
crumbs.innerHTML = arguments[0];
document.body.replaceChildren(head, ...sections, crumbs);
document.body.style.padding = "1rem 1.5rem";
document.body.style.fontSize = "17px";
return {width: document.body.offsetWidth, height: document.body.scrollHeight};
"""

#: Return the breadcrumbs: what stands around the first of the log lines.
_CRUMBS: Final = """
const line = [...document.querySelectorAll("*")].reverse().find(
    element => element.textContent.includes("INFO reading"));
return "<h1>Breadcrumbs</h1>" + line.closest("table, ol, ul, body > div > div").outerHTML;
"""


def take_picture(path: Path) -> None:
    """Send the alert, open its page, and write what is on it to *path* as PNG."""
    from selenium import webdriver  # of no test, so not among the extras

    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        bugsink_server(Path(folder)) as server,
    ):
        project = server.new_project()
        notifier = SentryNotifier(project.dsn, environment="production")
        alerter = FailureAlerter(notifier, enrichers=[DemoLog()])
        alerter.process(demo_events(datetime.now(UTC))[0]).raise_for_failures()
        (issue,) = project.issues()
        (event,) = project.events(issue)
        options = webdriver.ChromeOptions()
        for argument in _CHROMIUM:
            options.add_argument(argument)
        browser = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
        try:
            browser.get(server.url("/health/ready"))
            browser.add_cookie(sign_in(Path(folder)))
            page = f"/issues/issue/{issue['id']}/event/{event['id']}"
            browser.get(server.url(f"{page}/breadcrumbs/"))
            crumbs = browser.execute_script(_CRUMBS)
            browser.get(server.url(f"{page}/details/"))
            clip = {"x": 0, "y": 0, "scale": 1, **browser.execute_script(_CUT, crumbs)}
            whole = {"captureBeyondViewport": True, "clip": clip}
            answer = browser.execute_cdp_cmd("Page.captureScreenshot", whole)
            path.write_bytes(base64.b64decode(answer["data"]))
        finally:
            browser.quit()


if __name__ == "__main__":
    take_picture(PICTURE)
    print(PICTURE)
