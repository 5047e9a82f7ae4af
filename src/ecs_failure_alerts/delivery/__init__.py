"""The delivery of every alert to the notifiers that want it, with none unaccounted for."""

from ._collapse import by_time
from ._delivery import Delivery, Shipment, deliver
from ._receipts import ReceiptBook
from ._routing import Routing

__all__ = [
    "Delivery",
    "ReceiptBook",
    "Routing",
    "Shipment",
    "by_time",
    "deliver",
]
