"""Log lines carry the request id; nothing personal is ever logged."""

import json
import logging
import re
from datetime import UTC, datetime

from core import idnumbers, phones
from core.requests import current

# PostgreSQL tells the whole row that a constraint refuses: names, numbers and all.
_ROW = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current.get().request_id or "-"
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": _impersonal(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = _impersonal(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """A line for people, without what is personal."""

    def format(self, record: logging.LogRecord) -> str:
        return _impersonal(super().format(record))


def _impersonal(text: str) -> str:
    text = _ROW.sub(r"\1: left out", text)
    return phones.mask_within(idnumbers.mask_within(text))
