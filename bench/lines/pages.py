"""P9: the register's list and a person's page among everybody, beside an empty page of the same frame."""

from collections.abc import Iterator
from statistics import median
from time import perf_counter

from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bench import ground
from bench.measure import Line, percentile
from bench.plans import discarded, read_by
from residents.models import Resident

ROWS = 50
TIMES = 20  # pages of each kind in a round
MOST_QUERIES, MOST_OF_EMPTY, MOST_DISCARDED = 12, 2, 10 * ROWS
_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET ", "PRAGMA")


def lines(setup) -> Iterator[Line]:
    """One line per reach for the list, one for the person."""
    ground.use_dosed(setup.people)
    empty = "/bench/empty/"
    for name in ("cadre", "town", "county"):
        user = User.objects.get(username=name)
        yield _line(setup, user, reverse("residents:list"), empty, f"list of {ROWS}, reach of {name}")
    person = Resident.objects.visible_to(user := User.objects.get(username="town")).order_by("pk")[1]
    yield _line(setup, user, person.get_absolute_url(), empty, "page of a person")


def _line(setup, user: User, path: str, empty: str, title: str) -> Line:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    asked = _queries(client, path)
    figures: dict[str, list[float]] = {"ours": [], "empty page": []}
    every: list[float] = []
    for _ in range(setup.rounds):
        took = {name: [] for name in figures}
        for _ in range(TIMES):
            for name, where in (("ours", path), ("empty page", empty)):
                took[name].append(_milliseconds(client, where))
        for name, values in took.items():
            figures[name].append(median(values))
        every += took["ours"]
    line = Line("P9", setup.engine, f"{title}, {setup.people} people: p50", "ms", figures)
    line.at_most("queries", len(asked), MOST_QUERIES)
    line.at_most("of an empty page", line.median("ours") / line.median("empty page"), MOST_OF_EMPTY, " ×")
    selects = [(sql, values) for sql, values in asked if sql.startswith("SELECT")]
    thrown = [discarded(sql, values) for sql, values in selects]
    line.at_most("rows read and thrown away by one step (EXPLAIN)", max(thrown)[0], MOST_DISCARDED)
    line.notes.append(
        f"p95 of the page {percentile(every, 0.95):.1f} ms; an empty page asks {len(_queries(client, empty))} queries"
    )
    number, step = max(thrown, key=lambda found: found[0])
    line.notes.append(f"EXPLAIN: at most {number} thrown away, by {step or 'no step'}")
    for sql, values in selects:
        if 'FROM "residents_resident"' in sql:
            line.notes.append(f"EXPLAIN {sql[:40]}…: {read_by(sql, values)}")
    return line


def _milliseconds(client: Client, path: str) -> float:
    began = perf_counter()
    answer = client.get(path)
    took = (perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return took


def _queries(client: Client, path: str) -> list[tuple[str, tuple]]:
    """The second opening's statements with their values: what a worker keeps is kept by then."""
    _milliseconds(client, path)
    sent = []

    def keep(execute, sql, params, many, context):
        if not sql.startswith(_CONTROL):
            sent.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        _milliseconds(client, path)
    return sent
