"""What each process is doing at this moment, written where a kill -9 leaves it: so a kill knows what it was in the middle of.

Loaded by ``bench.chaos.settings`` into every process of the product that the chaos starts.
"""

import atexit
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from celery.signals import task_postrun, task_prerun
from django.db.backends.signals import connection_created
from django.dispatch import receiver

_FORMS = (
    (re.compile(r"/clinic/.+/dose/"), "dose"),
    (re.compile(r"/appointments/person/.+/book/"), "booking"),
    (re.compile(r"/inventory/\d+/waste/"), "stock document"),
    (re.compile(r"/residents/import/"), "import"),
)
_TASKS = {
    "check_census": "import",
    "commit_census": "import",
    "fill_dirty": "roll-up",
    "export_census": "export",
}
_COMMANDS = {"backup", "restore"}
_numbers = count()


def seen(folder: Path) -> dict[int, str]:
    """Process → what it is in the middle of."""
    found = {}
    for path in folder.iterdir():
        try:
            kind, _, _ = path.read_text().partition("#")
        except OSError:
            continue
        if kind:
            found[int(path.name)] = kind
    return found


def clear(folder: Path) -> None:
    """Forget what dead processes were doing."""
    for path in folder.iterdir():
        if not Path(f"/proc/{path.name}").exists():
            path.unlink(missing_ok=True)


def begin(kind: str) -> None:
    """From now on this process does ``kind``. Nothing is written where nobody looks (``CHAOS_DOING`` not set)."""
    if path := _own():
        path.write_text(f"{kind}#{next(_numbers)}")


def end() -> None:
    """It does nothing."""
    if path := _own():
        path.unlink(missing_ok=True)


@contextmanager
def doing(kind: str) -> Iterator[None]:
    """While it lasts."""
    begin(kind)
    try:
        yield
    finally:
        end()


def middleware(get_response):
    """Marks the forms that are watched, from the first byte read to the answer made."""

    def watched(request):
        if request.method == "POST":
            for pattern, kind in _FORMS:
                if pattern.match(request.path):
                    with doing(kind):
                        return get_response(request)
        return get_response(request)

    return watched


@task_prerun.connect
def _task_begins(task, **about) -> None:
    if kind := _TASKS.get(task.name.rpartition(".")[2]):
        begin(kind)


@task_postrun.connect
def _task_ends(**about) -> None:
    end()


@receiver(connection_created)
def _command_begins(**about) -> None:
    """A command of manage.py has loaded everything and turns to the database; it is at it until its process ends."""
    if len(sys.argv) > 1 and sys.argv[1] in _COMMANDS:
        begin(sys.argv[1])
        atexit.register(end)


def _own() -> Path | None:
    folder = os.environ.get("CHAOS_DOING")
    return Path(folder) / str(os.getpid()) if folder else None
