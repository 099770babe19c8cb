"""One run: the stage is set, the people work, parts die and come back, and in the end everything is counted."""

import time
from collections import Counter
from random import Random

from django.core.cache import cache
from django.db import connections

from accounts.choices import Role
from bench import floor_day
from bench.browser import Browser
from bench.chaos import proof, side_work
from bench.chaos.desks import Booker, Exporter, Floor, Importer, Keeper
from bench.chaos.plant import PROGRAMS, SERVERS, Plant
from bench.chaos.stage import DATABASE, Stage
from bench.measure import say
from bench.web import address_of

SIDE = ("backup", "restore", "roll-up")


class Game:
    """The plant with its people."""

    def __init__(self, plant: Plant, *, seed: int, people: int):
        self.plant, self.random = plant, Random(seed)
        self.stage = Stage(people)
        cache.clear()
        plant.environment["DATABASE_URL"] = address_of(DATABASE)
        self.server = side_work.settings_of_the_server()
        self.side = side_work.SideWork(plant)
        plant.start(*PROGRAMS)
        plant.wait_until_ready()
        self.side.run("backup")
        browsers = self._log_in()
        half = len(self.stage.day.people) // 2
        first, second = self.stage.day.people[:half], self.stage.day.people[half:]
        about = (self.stage, browsers)
        self.hands = [Floor(*about, 0, first), Floor(*about, 1, second), Booker(*about, 2), Keeper(*about, 3)]
        self.hands += [Importer(*about, 4), Exporter(*about, 5)]
        for hand in self.hands:
            hand.start()
        say(f"{len(self.hands)} people are at work")

    def _log_in(self) -> dict[str, Browser]:
        staff = self.stage.day.staff
        names = [
            user.username for role in (Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR) for user in staff[role]
        ]
        names += [self.stage.office, self.stage.keeper]
        return {name: Browser(self.plant.port).log_in(name, floor_day.PASSWORD) for name in names}

    def kill(self, part: str) -> tuple[int, float]:
        """Let ``part`` die at some moment and come back: (processes killed, seconds until ready again)."""
        side = part if part in SIDE else self.random.choice(SIDE) if part in ("database", "power") else ""
        process = self.side.begin(side) if side else None
        time.sleep(self.random.uniform(1, 5))
        count, seconds = self._kill(part, process)
        if process:
            side_work.kill(process)
        say(f"{part}: {count} processes killed" + (f", ready again after {seconds:.1f} s" if seconds else ""))
        time.sleep(self.random.uniform(1, 3))
        return count, seconds

    def _kill(self, part: str, process) -> tuple[int, float]:
        if part in SIDE:
            return side_work.kill(process), 0
        if part == "web process":
            return self.plant.kill_one_web_worker(), 0
        names = (*PROGRAMS, *SERVERS) if part == "power" else (part,)
        count = self.plant.kill(*names)
        if part == "power":
            count += side_work.kill(process)
        time.sleep(self.random.uniform(0, 2))
        self.plant.start(*(name for name in (*SERVERS, *PROGRAMS) if name in names))
        return count, self.plant.wait_until_ready()

    def end(self) -> list[str]:
        """The people finish what they have begun; then everything is counted."""
        for hand in self.hands:
            hand.over.set()
        for hand in self.hands:
            hand.join(300)
        still = [f"{hand.name} has not come to an end" for hand in self.hands if hand.is_alive()]
        self.plant.kill("beat")  # nobody writes while it is counted
        connections.close_all()  # the server they led to was killed
        found = [*still, *proof.problems(self.stage, self.hands), *self.side.problems()]
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
        total: Counter = sum((hand.said for hand in self.hands), Counter())
        return ", ".join(f"{count} × {what}" for what, count in sorted(total.items(), key=str))
