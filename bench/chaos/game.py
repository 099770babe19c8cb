"""One run: the stage is set, the people work, parts die and come back, and in the end everything is counted."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from django.core.cache import cache
from django.db import connections

from accounts.choices import Role
from bench import floor_day
from bench.browser import Browser
from bench.chaos import marks, outages, proof, side_work
from bench.chaos.desks import Booker, Exporter, Floor, Importer, Keeper
from bench.chaos.hands import Hand
from bench.chaos.plant import PROGRAMS, SERVERS, Plant
from bench.chaos.stage import DATABASE, Stage
from bench.measure import say
from bench.web import address_of

FORMS = ("booking", "dose", "stock document")
# What a part must be killed in the middle of, as often as it is killed on the average.
NEEDED = {
    "web process": (),
    "web": FORMS,
    "worker": ("import",),
    "database": (*FORMS, "import", "roll-up", "restore"),
    "power": (*FORMS, "import", "roll-up", "restore"),
    "backup": ("backup",),
    "restore": ("restore",),
    "roll-up": ("roll-up",),
}
SIDE = {"backup": 1.0, "restore": 5.0, "roll-up": 0.3}  # s, in which each is at its work
FLOORS = 4  # people who take others from the door to the needle
PATIENCE = 20  # s to wait until all that is needed happens at one moment, and then until any of it does


class Kill(NamedTuple):
    """How many processes died, and after how many seconds the pages were there again (0: others went on)."""

    processes: int
    back: float


class Game:
    """The plant with its people."""

    def __init__(self, plant: Plant, *, seed: int, people: int):
        self.plant, self.random = plant, Random(seed)
        self.stage = Stage(people)
        say("the township is made")
        cache.clear()
        plant.environment["DATABASE_URL"] = address_of(DATABASE)
        self.server = side_work.settings_of_the_server()
        self.side = side_work.SideWork(plant)
        self.kills: defaultdict[str, list[Kill]] = defaultdict(list)
        # Part → what it was in the middle of when it was killed.
        self.middle: defaultdict[str, Counter] = defaultdict(Counter)
        self.trouble: list[str] = []
        plant.start(*PROGRAMS)
        plant.wait_until_ready()
        self.side.run("backup")
        self.browsers = self._log_in()
        self.hands = self._people()
        for hand in self.hands:
            hand.start()
        say(f"{len(self.hands)} people are at work")

    def _people(self) -> list[Hand]:
        about = (self.stage, self.browsers)
        floors = [Floor(*about, at, self.stage.day.people[at::FLOORS]) for at in range(FLOORS)]
        others = (Booker, Keeper, Importer, Exporter)
        return [*floors, *(kind(*about, at) for at, kind in enumerate(others, FLOORS))]

    def _log_in(self) -> dict[str, Browser]:
        staff = self.stage.day.staff
        names = [
            user.username for role in (Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR) for user in staff[role]
        ]
        names += [self.stage.office, self.stage.keeper]
        return {name: Browser(self.plant.port).log_in(name, floor_day.PASSWORD) for name in names}

    def kill(self, part: str) -> None:
        """Let ``part`` die in the middle of what is still missing, and come back."""
        missing = self._missing(part)
        sides = {name: self.side.begin(name) for name in SIDE if name in missing or name == part}
        self._wait_for(missing)
        if part in SIDE:
            time.sleep(self.random.uniform(0, SIDE[part]))
        found = self._in_the_middle(part)
        count = self._kill(part, sides)
        self.middle[part].update(found)
        back = 0 if part in SIDE else self._come_back(part)
        for process in sides.values():
            side_work.kill(process)
        marks.clear(self.plant.doing)
        middle = ", ".join(sorted(found)) or "nothing"
        say(f"{part}: {count} processes killed in the middle of {middle}; back after {back:.1f} s")
        self.kills[part].append(Kill(count, back))

    def spell(self, part: str, seconds: float) -> outages.Spell | None:
        """A server is away or the disk full for so long."""
        return outages.play(self, part, seconds)

    def unmet(self, part: str) -> list[str]:
        """What ``part`` was never killed in the middle of."""
        return [kind for kind in NEEDED[part] if not self.middle[part][kind]]

    def _missing(self, part: str) -> set[str]:
        """What ``part`` was in the middle of least often."""
        met = self.middle[part]
        least = min((met[kind] for kind in NEEDED[part]), default=0)
        return {kind for kind in NEEDED[part] if met[kind] == least}

    def _wait_for(self, kinds: set[str]) -> None:
        self._wait_until(lambda seen: kinds & SIDE.keys() <= seen, 60)  # a program needs its time to load
        if not self._wait_until(lambda seen: kinds <= seen, PATIENCE):
            self._wait_until(lambda seen: bool(kinds & seen), PATIENCE)

    def _wait_until(self, is_so: Callable[[set[str]], bool], seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if is_so(set(marks.seen(self.plant.doing).values())):
                return True
            time.sleep(0.001)
        return False

    def _in_the_middle(self, part: str) -> set[str]:
        """What the processes that are about to die are doing; with the database, everybody."""
        seen = marks.seen(self.plant.doing)
        if part in ("web", "worker"):
            own = set(self.plant.processes(part))
            seen = {pid: kind for pid, kind in seen.items() if pid in own}
        return {part} & set(seen.values()) if part in SIDE else set(seen.values())

    def _kill(self, part: str, sides: dict) -> int:
        if part in SIDE:
            return side_work.kill(sides[part])
        if part == "web process":
            return self.plant.kill_one_web_worker()
        if part != "power":
            return self.plant.kill(part)
        self.plant.disk.cut()
        count = self.plant.kill(*PROGRAMS, *SERVERS) + sum(map(side_work.kill, sides.values()))
        self.plant.disk.again()
        return count

    def _come_back(self, part: str) -> float:
        if part == "web process":
            return 0
        began = time.monotonic()
        self.plant.start(*(name for name in (*SERVERS, *PROGRAMS) if part in (name, "power")))
        self.plant.wait_until_ready()
        return time.monotonic() - began

    def end(self) -> list[str]:
        """The people finish what they have begun; then everything is counted."""
        for hand in self.hands:
            hand.over.set()
        until = time.monotonic() + 300
        while any(hand.is_alive() for hand in self.hands) and time.monotonic() < until:
            self.plant.start(*self.plant.gone())  # as systemd does: a full disk of the broker ends a worker
            time.sleep(1)
        say("the people have gone home")
        still = [f"{hand.name} has not come to an end" for hand in self.hands if hand.is_alive()]
        for part in self.middle:
            self.trouble += [f"{part} was never killed in the middle of: {kind}" for kind in self.unmet(part)]
        self.plant.kill("beat")  # nobody writes while it is counted
        connections.close_all()  # the server they led to was killed
        found = [*still, *self.trouble, *proof.problems(self.stage, self.hands), *self.side.problems()]
        if not proof.stock_is_all_there(self.stage):
            found.append("the level of the hot lot is not the sum of its movements")
        self.side.run("backup")
        self.side.run("restore")  # into what the killed restores have left
        return found + self.side.problems()

    def figures(self) -> dict[str, int]:
        """Acknowledged deeds by kind."""
        return proof.figures(self.hands)

    def said(self) -> str:
        """The answers that the people got, in words."""
        return ", ".join(f"{count} × {what}" for what, count in sorted(self.answers().items()))

    def answers(self) -> Counter:
        """The same as numbers."""
        return sum((Counter(dict(hand.said)) for hand in self.hands), Counter())
