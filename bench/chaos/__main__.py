"""`make chaos`: kill -9 of everything in the middle of work, on real PostgreSQL, Valkey, gunicorn and Celery.

    python -m bench.chaos [--quick] [--rounds N] [--seed N] [--only web,database,…] [--work DIR]

While people check in, screen, vaccinate, book, write stock documents, import and export, one part after the other is killed:
a web process, the web server, the worker, the database with all its processes, the broker, everything at once (a power cut:
the servers flush what they confirm), and a backup, a restore and a roll-up in their middle. Each time it comes up again and
the people go on, sending again with the same key what was not answered. At the end every acknowledged deed must be there
once and the books must agree. Exit 1 when anything was lost.
"""

import argparse
import base64
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from random import Random

from processes import Failure, Stopped, main_or_sentence, raise_on_signals

from bench.chaos.plant import PROGRAMS, SERVERS, Plant

PARTS = ("web process", "web", "worker", "database", "broker", "power", "backup", "restore", "roll-up")


def main() -> int:
    options = _options()
    raise_on_signals()
    with tempfile.TemporaryDirectory(prefix="vax-chaos-", ignore_cleanup_errors=True) as scratch:
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
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="each part once")
    parser.add_argument(
        "--rounds", type=int, default=0, help="how often each part is killed (3; 1 with --quick)"
    )
    parser.add_argument("--seed", type=int, default=7, help="of the order and the moments of the kills")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--work", type=Path, help="keep the logs and data here")
    return parser.parse_args()


def _play(plant: Plant, options: argparse.Namespace) -> int:
    _environment(plant)
    plant.start(*SERVERS)
    import django  # noqa: PLC0415 (the servers' addresses must be in the environment first)

    django.setup()
    from bench.chaos.game import Game  # noqa: PLC0415

    rounds = options.rounds or (1 if options.quick else 3)
    parts = options.only.split(",") if options.only else list(PARTS)
    if unknown := set(parts) - set(PARTS):
        raise Failure(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    game = Game(plant, seed=options.seed, people=60 * rounds + 60)
    order = parts * rounds
    Random(options.seed).shuffle(order)
    began = time.monotonic()
    killed, back = defaultdict(list), defaultdict(list)
    for part in order:
        processes, seconds = game.kill(part)
        killed[part].append(processes)
        back[part].append(seconds)
    found = game.end()
    _show(killed, back, game, time.monotonic() - began, found)
    return int(bool(found))


def _environment(plant: Plant) -> None:
    key, index = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"i"))
    for name in ("JOBS_BACKEND", "HTTPS", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "bench.chaos.settings",
        "SECRET_KEY": "secret-key-of-the-chaos-only",
        "FIELD_ENCRYPTION_KEYS": f"c1:{key},idx:{index}",
        "VAR_DIR": str(plant.work),
        "DATABASE_URL": plant.servers["database"].url,
        "REDIS_URL": plant.servers["broker"].url,
        "PYTHONPATH": os.getcwd(),
    }
    (plant.work / "static").mkdir(exist_ok=True)
    plant.environment = dict(os.environ)


def _show(killed: dict, back: dict, game, seconds: float, found: list[str]) -> None:
    print(f"\n{'killed (kill -9)':<18}{'times':>6}{'processes':>11}{'ready again after, s':>24}")
    for part in PARTS:
        if part in killed:
            waits = sorted(back[part])
            after = (
                f"{waits[len(waits) // 2]:.1f} (longest {waits[-1]:.1f})"
                if any(waits)
                else "the others went on"
            )
            print(f"{part:<18}{len(killed[part]):>6}{sum(killed[part]):>11}{after:>24}")
    print(
        f"\nIn {seconds:.0f} s, acknowledged meanwhile: "
        + ", ".join(f"{n} {kind}" for kind, n in game.figures().items())
    )
    print(f"What the people saw: {game.said()}")
    print(f"The servers: {game.server}; {', '.join(PROGRAMS)} of the product")
    print("Lost: nothing. Done twice: nothing." if not found else "\n".join(["PROBLEMS", *found]), flush=True)


if __name__ == "__main__":
    main_or_sentence(main)
