"""P11: the ledger under eight hands, all on one lot and spread over thirty, beside two statements of psycopg2."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import cycle, islice

from django.utils import timezone

from accounts.models import User
from bench import crew, databases, ground
from bench.measure import Line, percentile, say
from bench.web import address_of
from inventory.choices import TransportMeans
from inventory.models import Lot, Presentation, Vaccine
from inventory.services.drafts import Transport
from inventory.services.receipts import Delivered, receive
from inventory.services.verify import ledger_problems
from places.models import Place, Site

OURS, WORKERS, TARGET = "ledger_ours", 8, 0.5


def lines(setup) -> Iterator[Line]:
    """One line for one lot, one for thirty."""
    if setup.engine != "postgresql":
        say("P11 is measured on PostgreSQL only")
        return
    for lots in (1, 30):
        ground.use_empty()
        databases.copy(ground.EMPTY, OURS)
        databases.use(OURS)
        try:
            yield _line(setup, lots)
        finally:
            databases.drop(OURS)


def _line(setup, lots: int) -> Line:
    line = Line("P11", "postgresql", f"movement posted, {WORKERS} workers, {lots} lots", "movements/s", {})
    job, times, errors = _stocked(lots), {"ours": [], "raw psycopg2": []}, []
    for _ in range(setup.rounds):
        for name, module, share in (
            ("ours", "bench.ledger_hand", 1),
            ("raw psycopg2", "bench.raw.ledger", 3),
        ):
            each = max(10, setup.doses // 2) * share
            hands = [job | {"lots": _spread(job["all"], n, each)} for n in range(WORKERS)]
            seconds, answers = crew.at_once(module, hands)
            line.figures.setdefault(name, []).append(each * WORKERS / seconds)
            for answer in answers:
                times[name] += answer["times"]["movement"]
                errors += answer["errors"]
            if module.startswith("bench.raw"):
                continue
            databases.use(OURS)
            line.holds(f"0 drift with {lots} lots", not _drift())
    line.at_least("ours / raw", line.median("ours") / line.median("raw psycopg2"), TARGET)
    line.notes.append(f"asked again because busy: {len(errors)}")
    line.notes += [f"{name}: p95 {percentile(values, 0.95):.1f} ms" for name, values in times.items()]
    return line


def _drift() -> list[str]:
    """What ``verify_ledger`` finds of levels and balances."""
    return [problem for problem in ledger_problems() if "结存" in problem or "合计" in problem]


def _spread(lots: list[int], start: int, count: int) -> list[int]:
    """Every hand begins with another lot, so that none waits where it need not."""
    turned = lots[start * 3 % len(lots) :] + lots[: start * 3 % len(lots)]
    return list(islice(cycle(turned), count))


def _stocked(count: int) -> dict:
    now = timezone.now()
    site = Site.objects.create(code="bench", name="接种点", place=Place.objects.filter(level="town").first())
    office = User.objects.create(username="bench-ledger", display_name="库管")
    presentation = Presentation.objects.get(vaccine=Vaccine.objects.get(code="CV-SV"), doses_per_vial=1)
    lots = [
        Lot.objects.create(
            presentation=presentation,
            lot_no=f"BENCH{n:03d}",
            expires_on=timezone.localdate(now) + timedelta(days=200),
            release_no="SPL1",
        )
        for n in range(count)
    ]
    way = {"started_at": now, "arrived_at": now, "start_celsius": Decimal(4), "arrival_celsius": Decimal(4)}
    receive(
        site=site,
        goods=[Delivered(lot, 1_000_000) for lot in lots],
        counterparty="旗疾控中心",
        paper_no="",
        transport=Transport(means=TransportMeans.TRUCK, **way),
        actor=office,
        key=uuid.uuid4(),
        now=now,
    )
    return {
        "database": OURS,
        "dsn": address_of(OURS),
        "site": site.pk,
        "all": [lot.pk for lot in lots],
        "by": office.pk,
        "today": timezone.localdate(now).isoformat(),
    }
