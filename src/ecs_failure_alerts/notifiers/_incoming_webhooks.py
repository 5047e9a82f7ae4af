"""The incoming webhooks of chats, which take messages of their own form and no alert."""

from __future__ import annotations

import re
from typing import Final

from .._log import LOGGER

_BY_APPRISE: Final = "give its URL to AppriseNotifier (type apprise)"

#: The host and path of a chat's incoming webhooks as a regular expression, and the chat.
_CHATS: Final = (
    (r"hooks\.slack(-gov)?\.com/services/", "Slack"),
    (r"(\w+\.)?discord(app)?\.com/api/webhooks/", "Discord"),
    (r"chat\.googleapis\.com/v1/spaces/", "Google Chat"),
    (r"([\w-]+\.)*webhook\.office\.com/|outlook\.office(365)?\.com/webhook", "Microsoft Teams"),
)

#: The host of a workflow of Power Automate, which may read anything, or post a card to Teams.
_WORKFLOW: Final = r"([\w-]+\.)+(logic\.azure|api\.powerplatform)\.[a-z]+[:/]"

#: What to use instead, where Apprise does not take the webhook's own URL.
_INSTEAD: Final = {"Microsoft Teams": f"make a workflow for the channel, and {_BY_APPRISE}"}


def refuse_chats(url: str) -> None:
    """
    Refuse the address of a chat's incoming webhook, because it would refuse every alert.

    The address of a workflow of Power Automate is taken with a warning.

    Raises:
        ValueError: The address is one of a chat; the text names the notifier to use.
    """
    address = url.partition("://")[2]
    for pattern, chat in _CHATS:
        if re.match(pattern, address, re.IGNORECASE):
            raise ValueError(
                "expected a server that reads the alert's JSON, got an incoming webhook of "
                f"{chat}, which does not: {_INSTEAD.get(chat, _BY_APPRISE)}"
            )

    if re.match(_WORKFLOW, address, re.IGNORECASE):
        LOGGER.warning(
            "the webhook is a workflow of Power Automate, which has to read the alert's JSON; "
            "if it is to post a card to Teams, %s",
            _BY_APPRISE,
        )
