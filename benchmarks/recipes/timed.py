"""Any of the handlers, timed: it returns the processor seconds of the invocation."""

import time
from typing import Any

import handler


def lambda_handler(event: Any, context: Any) -> float:
    """Hand over to the handler."""
    begin = time.process_time()
    handler.lambda_handler(event, context)
    return time.process_time() - begin
