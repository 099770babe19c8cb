"""P13: everybody who got a recalled lot, with telephone numbers, within a second of being asked."""

import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from bench import ground
from bench.measure import Line
from clinic import recall_list
from inventory.models import Lot, Presentation
from residents.models import Resident, VaccinationRecord

PEOPLE = 5_000
TARGET_S = 1.0


def lines(setup) -> Iterator[Line]:
    """One line: 5 000 recipients of one lot in one township, among as many records of other lots."""
    ground.use_full(setup.people)
    ours, raw, found = [], [], 0
    with transaction.atomic():
        (lot, people), user = _given(), User.objects.get(username="town")
        for _ in range(setup.rounds):
            began = time.perf_counter()
            found = len(recall_list.recipients(lot, user))
            ours.append(time.perf_counter() - began)
            raw.append(_raw(lot))
        transaction.set_rollback(True)
    line = Line(
        "P13",
        setup.engine,
        f"recall list of {people} people, {setup.people} on the register",
        "s",
        {"ours": ours, "raw": raw},
    )
    line.at_most("median", line.median("ours"), TARGET_S, " s")
    line.holds("everybody is on it", found == people)
    yield line


def _given() -> tuple[Lot, int]:
    """Two lots of one product, each given to 5 000 people of the township (all, where it has fewer) three weeks ago."""
    presentation = Presentation.objects.select_related("vaccine").first()
    day, lots = timezone.localdate() - timedelta(days=21), []
    mine = Resident.objects.filter(village_code__startswith=ground.TOWN[:9]).order_by("pk")
    people = list(mine.values_list("pk", flat=True)[:PEOPLE])
    for number in (1, 2):
        lot = Lot(presentation=presentation, lot_no=f"BENCH{number}", expires_on=day + timedelta(days=365))
        lot.save()
        lots.append(lot)
        VaccinationRecord.objects.bulk_create(
            (
                VaccinationRecord(
                    resident_id=pk,
                    disease="BENCH",
                    dose_number=number,
                    vaccine=presentation.vaccine,
                    lot_no=lot.lot_no,
                    given_on=day,
                    given_at_place="接种点",
                    source="elsewhere",
                )
                for pk in people
            ),
            batch_size=1_000,
        )
    return lots[0], len(people)


def _raw(lot: Lot) -> float:
    """The limit: the same columns by a bare cursor, without asking whose they are."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.name, p.sex, p.birth_date, p.phone, v.dose_number, v.given_on FROM residents_vaccinationrecord v"
            " JOIN residents_resident p ON p.id = v.resident_id WHERE v.lot_no = %s",
            [lot.lot_no],
        )
        cursor.fetchall()
    return time.perf_counter() - began
