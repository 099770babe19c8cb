"""What a fault of the machine means to the person at the desk: the database is away, the disk is full, it takes too long."""

import errno
from dataclasses import dataclass

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# SQLSTATE: connection lost, too many connections or no memory, shut down or starting; 53100 is the full disk.
_AWAY = ("08", "53", "57P")
_SQLITE_AWAY = ("unable to open database file", "disk I/O error", "readonly database")


@dataclass(frozen=True)
class Outage:
    """``message`` says what has happened and what to do, in plain words."""

    code: str
    message: str


DISK = Outage("DISK_FULL", "服务器的磁盘已满,刚才的操作没有保存。请马上告知系统管理员清理磁盘,然后再试。")
DATABASE = Outage("DATABASE_AWAY", "数据库暂时连接不上,刚才的操作可能没有保存。一般几分钟内会自动恢复。")
TOO_LONG = Outage(
    "TOO_LONG", "要算的数据太多,在规定的时间内没有算完。请把范围选小一点(如一个乡镇、几天),或过一会儿再试。"
)
BROKER = Outage("BROKER_AWAY", "任务队列暂时不能用,刚才的操作可能没有开始。一般几分钟内会自动恢复。")


def outage(error: BaseException | None) -> Outage | None:
    """The outage behind ``error``, or None when it is a mistake of ours."""
    while error is not None:
        if found := _of(error):
            return found
        # A log-in that the database would not take is called "deleted" by Django, whatever the reason.
        is_hidden = isinstance(error, UpdateError | SessionInterrupted)
        error = error.__context__ if is_hidden else error.__cause__
    return None


def _of(error: BaseException) -> Outage | None:
    if isinstance(error, OSError) and error.errno in _FULL:
        return DISK
    if isinstance(error, RedisError | BrokerAway):
        return BROKER
    if isinstance(error, InterfaceError):
        return DATABASE
    if not isinstance(error, OperationalError):
        return None
    cause, words = error.__cause__, str(error)
    if "database or disk is full" in words:
        return DISK
    if cause is not None and cause.__class__.__module__.startswith("sqlite3"):
        return DATABASE if any(word in words for word in _SQLITE_AWAY) else None
    state = getattr(cause, "pgcode", None)  # none: the connection broke, or there never was one
    if state == "53100":
        return DISK
    if state == "57014":  # STATEMENT_SECONDS are over
        return TOO_LONG
    return DATABASE if state is None or state.startswith(_AWAY) else None
