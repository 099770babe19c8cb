"""Writing documents: the one way in which stock moves on paper, one or several documents in a deed.

A verb of the stock room (a receipt, a delivery, a write-off) makes a ``Draft`` and hands it in here. The levels are locked
first, then the counters of the registers, so numbers have no gaps: a deed that fails gives its number back.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core import audit
from core.locks import deed, lock
from core.repeats import key_used, same
from inventory.models import DocumentCounter, DocumentLine, StockDocument, StockMovement
from inventory.services.drafts import Draft, Line
from inventory.services.posting import Entry, locked_levels, row_key, write


@deed()
def write_documents(drafts: Sequence[tuple[UUID, Draft]], *, actor, now: datetime) -> list[StockDocument]:
    """Sign every (key, draft), in order, with all their movements; all of them or none.

    Repeats of the keys return the documents of the first time. Raises RuleBroken KEY_USED when a key belongs to another
    document, ShortStock naming every lot that would fall below zero.
    """
    touched = [
        (draft, line) for _, draft in drafts for line in draft.lines if line.kind or line.hold is not None
    ]
    levels = locked_levels({_pair(*one) for one in touched}, create=True) if touched else {}
    if found := _signed_before(drafts):
        return found
    documents = StockDocument.objects.bulk_create(_numbered(drafts, actor, now))
    signed = list(zip(drafts, documents, strict=True))
    keyed = [
        (row_key(key, number), _entry(draft, line, document))
        for (key, draft), document in signed
        for number, line in enumerate(one for one in draft.lines if one.kind)
    ]
    rows = iter(write(levels, keyed, actor=actor, now=now) if keyed else ())
    DocumentLine.objects.bulk_create(
        _line(document, position, line, next(rows) if line.kind else None)
        for (_, draft), document in signed
        for position, line in enumerate(draft.lines, start=1)
    )
    _set_apart(levels, touched)
    for (_, draft), document in signed:
        data = {"no": document.no, "kind": document.kind, "lines": [_said(line) for line in draft.lines[:20]]}
        place = draft.site.place.code
        audit.record("document.written", actor=actor, target=document, place_code=place, data=data)
    return documents


def write_document(draft: Draft, *, actor, key: UUID, now: datetime) -> StockDocument:
    """Sign one document; see ``write_documents``."""
    return write_documents([(key, draft)], actor=actor, now=now)[0]


def signed_before(key: UUID, **content) -> StockDocument | None:
    """The document that this key has signed already, for verbs that look at the state first; refused when it is another."""
    row = StockDocument.objects.filter(key=key).first()
    return row and same(row, **content)


def _pair(draft: Draft, line: Line) -> tuple[int, int]:
    return draft.site.pk, line.lot.pk


def _set_apart(levels, touched: list[tuple[Draft, Line]]) -> None:
    for draft, line in touched:
        if line.hold is not None:
            level = levels[_pair(draft, line)]
            level.held_reason = line.hold[:120]
            level.save(update_fields=["held_reason"])


def _signed_before(drafts: Sequence[tuple[UUID, Draft]]) -> list[StockDocument]:
    found = {
        row.key: row
        for row in StockDocument.objects.filter(key__in=[key for key, _ in drafts]).prefetch_related("lines")
    }
    if not found:
        return []
    for key, draft in drafts:
        if key not in found or _content(found[key], found[key].lines.all()) != _content(draft, draft.lines):
            raise key_used()
    return [found[key] for key, _ in drafts]


def _content(paper, lines) -> tuple:
    """What makes two documents the same deed."""
    linked = tuple(
        getattr(getattr(paper, name), "pk", None) for name in ("site", "other_site", "answers", "reverses")
    )
    said = tuple((line.lot.pk, line.vials, line.open_doses) for line in lines)
    return (paper.kind, *linked, paper.counterparty, paper.paper_no, said)


def _numbered(drafts: Sequence[tuple[UUID, Draft]], actor, now: datetime) -> list[StockDocument]:
    day = timezone.localdate(now)
    counters = _locked_counters({(draft.site.pk, draft.register) for _, draft in drafts}, day.year)
    documents = []
    for key, draft in drafts:
        counter = counters[draft.site.pk, draft.register]
        counter.last += 1
        documents.append(_document(key, draft, counter, by=actor, on=day, at=now))
    for counter in counters.values():
        counter.save(update_fields=["last"])
    return documents


def _locked_counters(wanted: set[tuple[int, str]], year: int) -> dict[tuple[int, str], DocumentCounter]:
    """The counters of (site id, register) in ``year``, created where a register begins."""

    def known() -> dict[tuple[int, str], int]:
        sites = {site for site, _ in wanted}
        rows = DocumentCounter.objects.filter(site__in=sites, year=year).values_list("site", "register", "pk")
        return {(site, register): pk for site, register, pk in rows if (site, register) in wanted}

    pks = known()
    if missing := sorted(wanted - pks.keys()):
        DocumentCounter.objects.bulk_create(
            [DocumentCounter(site_id=site, register=register, year=year) for site, register in missing],
            ignore_conflicts=True,
        )
        pks = known()
    return {(row.site_id, row.register): row for row in lock(DocumentCounter, pks.values())}


def _document(key: UUID, draft: Draft, counter: DocumentCounter, **signed) -> StockDocument:
    return StockDocument(
        key=key,
        kind=draft.kind,
        register=draft.register,
        number=counter.last,
        year=counter.year,
        site=draft.site,
        other_site=draft.other_site,
        state=draft.state,
        counterparty=draft.counterparty[:80],
        paper_no=draft.paper_no[:40],
        answers=draft.answers,
        reverses=draft.reverses,
        second_by=draft.second_by,
        second_name=draft.second_name[:30],
        note=draft.note[:200],
        **vars(draft.transport),
        **signed,
    )


def _entry(draft: Draft, line: Line, document: StockDocument) -> Entry:
    return Entry(
        site=draft.site,
        lot=line.lot,
        kind=line.kind,
        vials=line.vials,
        open_doses=line.open_doses,
        opened_at=line.opened_at,
        counterparty=document.counterparty or (str(draft.other_site) if draft.other_site else ""),
        document_no=document.paper_no,
        transport_celsius=draft.transport.arrival_celsius,
        note=line.words or draft.note,
        reverses=line.reverses,
        document=document,
    )


def _line(document: StockDocument, position: int, line: Line, movement: StockMovement | None) -> DocumentLine:
    return DocumentLine(
        document=document,
        position=position,
        lot=line.lot,
        vials=line.vials,
        open_doses=line.open_doses,
        transit=line.transit,
        state=line.state,
        reason=line.reason,
        note=line.note[:120],
        movement=movement,
    )


def _said(line: Line) -> list:
    return [line.lot.lot_no, line.vials, line.open_doses]
