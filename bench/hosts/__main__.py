"""`make hosts`: nine machines (network namespaces), each killed or cut off in the middle of work.

Needs root and nginx; one run at a time.

    python -m bench.hosts [--quick] [--seed N] [--only web-a,primary,…] [--promote] [--work DIR]

Two web machines behind a proxy, a worker for each queue, the timetable, PostgreSQL with a streaming replica that reports read,
and the broker, each with an address of its own. While people check in, vaccinate, book, write stock documents, import, export
and look at their dashboard, each machine but the proxy is killed with kill -9 and comes back, and links are cut. At the end
every acknowledged deed must be there once and the books must agree. ``--promote``: then the primary is gone for good, and the
replica takes its place by the steps of docs/scaling.md.
"""

import argparse
import base64
import os
import tempfile
import time
from pathlib import Path

from processes import Failure, Stopped, main_or_sentence, raise_on_signals

from bench.hosts.plant import PROGRAMS, SERVERS, Plant

KILLED = tuple(name for name in (*PROGRAMS, *SERVERS) if name != "proxy")
CUT = ("web-a", "replica", "broker", "primary")
AWAY, CUT_OFF = 5, 12  # seconds


def main() -> int:
    options = _options()
    raise_on_signals()
    with tempfile.TemporaryDirectory(prefix="vax-hosts-", ignore_cleanup_errors=True) as scratch:
        Path(scratch).chmod(0o711)
        work = options.work or Path(scratch) / "work"
        work.mkdir(parents=True, exist_ok=True)
        plant = Plant(work, Path(scratch))
        try:
            return _play(plant, options)
        except Stopped:
            return 130
        finally:
            plant.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make hosts", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="shorter outages")
    parser.add_argument("--seed", type=int, default=7, help="of the moments of the kills")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(KILLED)}")
    parser.add_argument("--promote", action="store_true", help="in the end the replica becomes the primary")
    parser.add_argument("--work", type=Path, help="keep the logs and data here (a folder that is empty)")
    return parser.parse_args()


def _play(plant: Plant, options: argparse.Namespace) -> int:
    plant.start_servers()
    _environment(plant)
    import django  # noqa: PLC0415 (the servers' addresses must be in the environment first)

    django.setup()
    from bench.hosts.game import Game  # noqa: PLC0415

    names = options.only.split(",") if options.only else list(KILLED)
    if unknown := set(names) - set(KILLED):
        raise Failure(f"no such machine: {', '.join(unknown)}; there are {', '.join(KILLED)}")
    game = Game(plant, seed=options.seed, people=200)
    began = time.monotonic()
    shorter = 2 if options.quick else 1
    outages = [game.kill(name, AWAY / shorter) for name in names]
    outages += [game.cut(name, CUT_OFF / shorter) for name in CUT if name in names]
    if options.promote:
        outages.append(game.promote())
    found = game.end()
    _show(outages, game, time.monotonic() - began, found)
    return int(bool(found))


def _environment(plant: Plant) -> None:
    key, index = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"i"))
    for name in ("JOBS_BACKEND", "HTTPS", "DATABASE_REPLICA_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "bench.chaos.settings",
        "SECRET_KEY": "secret-key-of-the-hosts-only",
        "FIELD_ENCRYPTION_KEYS": f"c1:{key},idx:{index}",
        "VAR_DIR": str(plant.folder("web-a")),
        "DATABASE_URL": plant.servers["primary"].url,
        "REDIS_URL": plant.servers["broker"].url,
        "ALLOWED_HOSTS": ",".join(plant.address(name) for name in PROGRAMS),
        "FILES_ARE_SHARED": "1",
        "PYTHONPATH": os.getcwd(),
    }
    plant.environment = dict(os.environ)


def _show(outages, game, seconds: float, found: list[str]) -> None:
    print(
        f"\n{'machine':<10}{'what':<10}{'processes':>10}{'seconds':>9}   answered meanwhile; done meanwhile"
    )
    for one in outages:
        answered = " + ".join(f"{number} by {name}" for name, number in one.answered.items())
        print(
            f"{one.name:<10}{one.how:<10}{one.processes:>10}{one.seconds:>9.0f}   {answered}; {_words(one.done)}"
        )
    print(f"\nIn {seconds:.0f} s, acknowledged: {_words(game.figures())}")
    print(f"What the people saw: {_words(game.said())}")
    print(f"Reports read: {_words(game.report_reads())}")
    print(f"The primary: {game.server}")
    print("Lost: nothing. Done twice: nothing." if not found else "\n".join(["PROBLEMS", *found]), flush=True)


def _words(counts) -> str:
    return ", ".join(f"{number} × {kind}" for kind, number in sorted(counts.items(), key=str)) or "nothing"


if __name__ == "__main__":
    main_or_sentence(main)
