"""The forms of the ARNs that a user writes, as regular expressions of whole texts."""

from __future__ import annotations

from typing import Final

#: The ARN of a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
ROLE: Final = "arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}"

#: The ARN of a topic: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
TOPIC: Final = r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?"
