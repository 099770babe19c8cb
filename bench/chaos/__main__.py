"""`make chaos`: kill -9 of everything in the middle of work, on real PostgreSQL, Valkey, gunicorn and Celery.

    python -m bench.chaos [--quick] [--rounds N] [--seed N] [--only web,database,…] [--away SECONDS] [--work DIR]

While people check in, screen, vaccinate, book, write stock documents, import and export, one part after the other is killed:
a web process, the web server, the worker, the database with all its processes, the power of the machine, and a backup, a
restore and a roll-up. Each kill waits until what it must hit is in its middle, and the table says how often it was. With
root on Linux the power is cut with the disk: what was written and not flushed is gone (`disk.py`). Then the database is
away for a minute, the broker too, and the disk is full. Each time it comes up again and the people go on, sending again
with the same key what was not answered. At the end every acknowledged deed must be there once and the books must agree.
Exit 1 when anything was lost.
"""

import argparse
import base64
import os
import tempfile
import time
from pathlib import Path
from random import Random

from processes import Failure, Stopped, main_or_sentence, raise_on_signals

from bench.chaos.plant import PROGRAMS, SERVERS, Plant

KILLS = ("web process", "web", "worker", "database", "power", "backup", "restore", "roll-up")
SPELLS = ("database away", "broker away", "disk full")
PARTS = (*KILLS, *SPELLS)
MORE = 3  # kills beyond the wanted number, while something was not hit in its middle
MIDDLES = ("import", "booking", "dose", "stock document", "roll-up", "restore", "backup", "export")


def main() -> int:
    options = _options()
    raise_on_signals()
    with tempfile.TemporaryDirectory(prefix="vax-chaos-", ignore_cleanup_errors=True) as scratch:
        Path(scratch).chmod(0o711)
        work = options.work or Path(scratch) / "work"
        work.mkdir(parents=True, exist_ok=True)
        plant = Plant(work, Path(scratch), keep=options.work is not None)
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
    parser.add_argument(
        "--away", type=float, default=0, help="seconds that the servers are away (60; 3 with --quick)"
    )
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
    away = options.away or (3 if options.quick else 60)
    game = Game(plant, seed=options.seed, people=int(60 * rounds + 2 * away + 60))
    began = time.monotonic()
    _kill(game, [part for part in parts if part in KILLS], rounds, options.seed)
    spells = [
        game.spell(part, min(away, 15) if part == "disk full" else away) for part in SPELLS if part in parts
    ]
    found = game.end()
    _show_kills(game)
    _show_spells(filter(None, spells))
    _show(game, time.monotonic() - began, found)
    return int(bool(found))


def _kill(game, parts: list[str], rounds: int, seed: int) -> None:
    order = parts * rounds
    Random(seed).shuffle(order)
    for part in order:
        game.kill(part)
    for part in parts * MORE:
        if game.unmet(part):
            game.kill(part)


def _environment(plant: Plant) -> None:
    key, index = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"i"))
    for name in ("JOBS_BACKEND", "HTTPS", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "bench.chaos.settings",
        "SECRET_KEY": "secret-key-of-the-chaos-only",
        "FIELD_ENCRYPTION_KEYS": f"c1:{key},idx:{index}",
        "VAR_DIR": str(plant.disk.folder / "var"),
        "CHAOS_DOING": str(plant.doing),
        "DATABASE_URL": plant.servers["database"].url,
        "REDIS_URL": plant.servers["broker"].url,
        "PYTHONPATH": os.getcwd(),
    }
    (plant.disk.folder / "var" / "static").mkdir(parents=True, exist_ok=True)
    plant.environment = dict(os.environ)


def _show_kills(game) -> None:
    print(f"\n{'killed (kill -9)':<18}{'times':>6}{'processes':>11}{'ready again, s':>16}   in the middle of")
    for part in KILLS:
        if kills := game.kills[part]:
            waits = sorted(kill.back for kill in kills)
            after = f"{waits[len(waits) // 2]:.1f} (≤ {waits[-1]:.1f})" if any(waits) else "others go on"
            met = game.middle[part]
            middle = ", ".join(f"{kind} {met[kind]} ×" for kind in MIDDLES if met[kind]) or "other work"
            hit = sum(kill.processes for kill in kills)
            print(f"{part:<18}{len(kills):>6}{hit:>11}{after:>16}   {middle}")


def _show_spells(spells) -> None:
    for spell in spells:
        deeds = ", ".join(f"{count} {kind}" for kind, count in spell.deeds.items() if count) or "nothing"
        stopped = ", ".join(spell.stopped) or "nothing"
        print(f"{spell.part} for {spell.seconds:.0f} s: acknowledged meanwhile {deeds}")
        print(f"    people read: {spell.said or 'no refusal'}")
        print(f"    stopped by itself: {stopped}; ready again after {spell.back:.1f} s")


def _show(game, seconds: float, found: list[str]) -> None:
    print(
        f"\nIn {seconds:.0f} s, acknowledged meanwhile: "
        + ", ".join(f"{n} {kind}" for kind, n in game.figures().items())
    )
    print(f"What the people saw: {game.said()}")
    print(f"The servers: {game.server}; {', '.join(PROGRAMS)} of the product")
    disk = game.plant.disk
    print(
        f"The power: kill -9 only, {disk.why_not}"
        if disk.why_not
        else "The power: the disk shut down without a flush, then kill -9 of everything, then the disk mounted again"
    )
    print("Lost: nothing. Done twice: nothing." if not found else "\n".join(["PROBLEMS", *found]), flush=True)


if __name__ == "__main__":
    main_or_sentence(main)
