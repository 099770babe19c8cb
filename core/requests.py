"""What is known of the request being served, for audit rows and log lines."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestInfo:
    """Request id and client address; empty outside a request."""

    request_id: str = ""
    ip: str = ""


NONE = RequestInfo()
current: ContextVar[RequestInfo] = ContextVar("request_info", default=NONE)
