"""What every entry of the duty and meetings book has in common: who may write it, and how a version follows another."""

from datetime import datetime
from uuid import UUID

from accounts.models import User
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone
from core.repeats import same
from places.choices import Level
from places.models import Place
from reports.models.duty_book import BookEntry


def may_write(actor: User | None, place: Place) -> bool:
    """A township writes its own book; the county reads it. None is the system."""
    return actor is None or place.prefix in actor.scope("duty_book.write").prefixes


def open_book(actor: User | None, place: Place) -> None:
    """To be called first in a deed: one writer at a time.

    Raises NotAllowed; RuleBroken BOOK_PLACE (not a township).
    """
    if place.level != Level.TOWN:
        raise RuleBroken("BOOK_PLACE", "带班和会议由乡镇(街道)登记。", "place")
    if not may_write(actor, place):
        raise NotAllowed("带班和会议由本乡镇(街道)自己登记,上级只看不改。")
    alone("duty_book")


def put(entry: BookEntry, *, subject: str, last: BookEntry | None, based_on: int) -> BookEntry:
    """Save ``entry`` as the version after ``last`` (None: as the first one) and record it; a key that comes back with the same
    words gives the first row, and the same words as ``last`` are no new version.

    Raises RuleBroken: KEY_USED, BOOK_MOVED_ON (somebody has saved a version after number ``based_on``), REASON_MISSING.
    """
    if done := type(entry).objects.filter(key=entry.key).first():
        return same(done, place_id=entry.place_id, **entry.words)
    if last is not None:
        if last.number != based_on:
            raise RuleBroken(
                "BOOK_MOVED_ON",
                f"您打开以后,{last.by or '系统'}已登记第{last.number}版。请先看新的一版,再改。",
            )
        if last.words == entry.words:
            return last
        if not entry.reason.strip():
            raise RuleBroken("REASON_MISSING", "已经登记过,更正请写明原因。", "reason")
        entry.uid, entry.number = last.uid, last.number + 1
    entry.save()
    audit.record(
        f"{subject}.{'corrected' if last else 'recorded'}",
        actor=entry.by,
        target=entry,
        place_code=entry.place.code,
        data={"uid": str(entry.uid), "version": entry.number},
    )
    return entry


def head(actor: User | None, place: Place, key: UUID, now: datetime, reason: str = "") -> dict:
    """The columns that every entry has, as keywords of its model."""
    return {"place": place, "key": key, "reason": reason.strip(), "at": now, "by": actor}


def said(words: dict) -> dict:
    """Texts without blanks around them."""
    return {name: text.strip() if isinstance(text, str) else text for name, text in words.items()}


def needed(words: dict, **sentences: str) -> None:
    """Raises RuleBroken WORDS_MISSING with the sentence of the first field of ``sentences`` that is empty."""
    for name, sentence in sentences.items():
        if not words.get(name):
            raise RuleBroken("WORDS_MISSING", sentence, name)
