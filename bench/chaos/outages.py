"""Nobody is killed in haste here: a server is away for a while, or the disk is full, while people go on working."""

import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

import psycopg2

from bench.measure import say

DISK = "disk full"
AWAY = {"database away": "database", "broker away": "broker"}
PARTS = (*AWAY, DISK)


@dataclass
class Spell:
    """One of them: how long, what was acknowledged meanwhile, what people read, what stopped, when it was ready again."""

    part: str
    seconds: float
    deeds: dict[str, int]
    said: str
    stopped: list[str]
    back: float


def play(game, part: str, seconds: float) -> Spell | None:
    """Let it happen and pass; None where this machine cannot play it."""
    if part == DISK and game.plant.disk.why_not:
        say(f"{part}: not played: {game.plant.disk.why_not}")
        return None
    before, read = game.figures(), game.answers()
    if part == DISK:
        _fill_the_disk(game, seconds)
    else:
        game.plant.kill(AWAY[part])
        time.sleep(seconds)
    deeds = {kind: count - before.get(kind, 0) for kind, count in game.figures().items()}
    said = _refusals(game.answers() - read)
    stopped = [name for name in game.plant.gone() if name != AWAY.get(part)]
    began = time.monotonic()
    game.plant.disk.free()
    _start_again(game.plant)
    spell = Spell(part, seconds, deeds, said, stopped, time.monotonic() - began)
    _judge(game, spell)
    say(f"{part} for {seconds:.0f} s; ready again after {spell.back:.1f} s")
    return spell


def _start_again(plant) -> None:
    """As systemd does, or who has made space: also what gives up only now. Raises RuntimeError when it does not come."""
    for _ in range(5):
        plant.start(*plant.gone())
        with suppress(RuntimeError):
            plant.wait_until_ready(20)
            return
    plant.wait_until_ready()


def _judge(game, spell: Spell) -> None:
    expected = {DISK: "磁盘已满", "database away": "数据库暂时连接不上"}.get(spell.part, "")
    if expected not in spell.said:
        game.trouble.append(f"{spell.part}: people read “{spell.said}”")
    if spell.part == "broker away" and not spell.deeds.get("dose"):
        game.trouble.append("no dose could be given while the broker was away")


def _refusals(answers: Counter) -> str:
    """The sentences that came as pages of refusal, the commonest first."""
    return "; ".join(said for said, _ in answers.most_common() if said.startswith("503 "))


def _fill_the_disk(game, seconds: float) -> None:
    """Deeds first find no room for their rows; in the second half PostgreSQL finds none for its own log, and stops."""
    game.plant.disk.fill()
    time.sleep(seconds / 2)
    until = time.monotonic() + seconds / 2
    while time.monotonic() < until:
        with suppress(psycopg2.Error):
            _next_log_file(game.plant.servers["database"].url)
        time.sleep(0.05)


def _next_log_file(url: str) -> None:
    connection = psycopg2.connect(url, connect_timeout=2)
    try:
        connection.autocommit = True
        cursor = connection.cursor()
        for _ in range(20):
            cursor.execute("SELECT pg_logical_emit_message(true, 'chaos', 'x')")
            cursor.execute("SELECT pg_switch_wal()")
    finally:
        connection.close()
