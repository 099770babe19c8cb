"""P7: from the door to the needle under load, through the real web server, beside the raw limit and a bare view."""

import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from bench import databases, ground
from bench.floor_house import CLIENTS, OURS, RAW, RAW_TIMES, WARM, House, note
from bench.lines.floor_pages import pages
from bench.measure import Line, percentile, say
from bench.web import WORKERS, address_of, serving

_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def lines(setup) -> Iterator[Line]:
    """The needle, the whole way, the pages; on PostgreSQL, where many write at once."""
    if setup.engine != "postgresql":
        say("P7 is measured on PostgreSQL only")
        return
    ground.use_empty()
    databases.copy(ground.EMPTY, OURS)
    databases.use(OURS)
    house = House(setup)
    try:
        with serving(OURS) as port, serving(RAW) as bare_port:
            house.log_in(port, bare_port)
            yield _needle(house)
            yield _whole_way(house)
            yield pages(house)
    finally:
        databases.drop(RAW)
        databases.drop(OURS)


def _needle(house: House) -> Line:
    """Ours, the raw limit and the bare prototype in turns."""
    line = Line("P7", "postgresql", f"dose recorded, one hot lot, {CLIENTS} clients", "doses/s", {})
    times, errors = defaultdict(list), []
    _doses(house, WARM, {}, [])
    _bare(house, WARM, {}, [])
    statements = _statements(house)
    for _ in range(house.setup.rounds):
        for name, work in (
            ("ours", _doses),
            ("raw psycopg2", _raw),
            ("bare ORM view", _bare),
        ):
            count = house.per_round * (RAW_TIMES if work == _raw else 1)
            line.figures.setdefault(name, []).append(work(house, count, times, errors))
    line.at_least("ours / raw", line.median("ours") / line.median("raw psycopg2"), 0.35)
    p95 = {name: percentile(values, 0.95) for name, values in times.items()}
    line.at_most("p95 of ours / p95 of the bare view", p95["ours"] / p95["bare ORM view"], 1.5)
    note(line, times, errors)
    line.notes.append(f"SQL statements of one POST (transaction control not counted): {len(statements)}")
    line.notes.append(f"gunicorn: {WORKERS} sync workers; processors: {os.cpu_count()}")
    return line


def _doses(house: House, count: int, times: dict, errors: list) -> float:
    nurses = [user.username for user in house.load.staff[Role.VACCINATOR]]
    people = list(islice(house.ready, count))
    jobs = [
        house.job([nurse], [_dose(person, nurse) for person in people[n::CLIENTS]])
        for n, nurse in enumerate(nurses)
    ]
    return house.play("bench.browser", jobs, times, errors, count, {"dose": "ours"})


def _dose(person, nurse: str) -> dict:
    path = reverse("clinic:dose", args=[person.visit])
    return {"do": "post", "name": "dose", "user": nurse, "path": path}


def _raw(house: House, count: int, times: dict, errors: list) -> float:
    people = list(islice(house.raw_people, count))
    about = _about(house) | {"dsn": address_of(RAW), "by": house.load.staff[Role.VACCINATOR][0].pk}
    about |= {"today": timezone.localdate().isoformat()}
    jobs = [about | {"numbers": people[n::CLIENTS]} for n in range(CLIENTS)]
    return house.play("bench.raw.floor", jobs, times, errors, count, {"dose": "raw psycopg2"})


def _bare(house: House, count: int, times: dict, errors: list) -> float:
    people, jobs = list(islice(house.raw_people, count)), []
    for n, user in enumerate(house.load.staff[Role.VACCINATOR]):
        step = {"do": "post", "name": "bare", "user": user.username, "path": "/bench/bare/"}
        steps = [step | {"form": _about(house) | {"number": number}} for number in people[n::CLIENTS]]
        users = {user.username: house.bare_cookies[user.username]}
        jobs.append({"port": house.bare_port, "users": users, "steps": steps})
    return house.play("bench.browser", jobs, times, errors, count, {"bare": "bare ORM view"})


def _about(house: House) -> dict:
    lot, site = house.load.lot, house.load.site
    vaccine = lot.presentation.vaccine_id
    return {"site": site.pk, "lot": lot.pk, "lot_no": lot.lot_no, "vaccine": vaccine} | {
        "campaign": house.campaign.pk
    }


def _statements(house: House) -> list[str]:
    client, nurse = Client(SERVER_NAME="127.0.0.1"), house.load.staff[Role.VACCINATOR][0]
    client.force_login(nurse, backend="django.contrib.auth.backends.ModelBackend")
    person = next(house.ready)
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(reverse("clinic:dose", args=[person.visit]), house.forms()["dose"])
    if answer.status_code != 302:
        raise RuntimeError(f"the dose was refused: {answer.status_code}")
    return [row["sql"] for row in asked if not row["sql"].startswith(_CONTROL)]


def _whole_way(house: House) -> Line:
    """Door, ticket, screening, consent, needle; each form and the page it leads to."""
    line = Line(
        "P7",
        "postgresql",
        f"check-in → screening → consent → dose with pages, {CLIENTS} clients",
        "people/s",
        {},
    )
    times, errors = defaultdict(list), []
    _walk(house, WARM, {}, [])
    for _ in range(house.setup.rounds):
        line.figures.setdefault("ours", []).append(_walk(house, house.ways, times, errors))
    note(line, times, errors)
    return line


def _walk(house: House, count: int, times: dict, errors: list) -> float:
    people, jobs = list(islice(house.to_come, count)), []
    for n in range(CLIENTS):
        roles = (Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR)
        team = {role.value: house.load.staff[role][n].username for role in roles}
        steps = [{"do": "way", "person": person.uid} | team for person in people[n::CLIENTS]]
        jobs.append(house.job(team.values(), steps))
    return house.play("bench.browser", jobs, times, errors, count)
