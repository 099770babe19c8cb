"""One run: people work through the proxy, one machine after the other dies or loses its link, in the end everything is counted."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from django.core.cache import cache
from django.db import connections
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from accounts.choices import Role
from bench import databases, floor_day
from bench.browser import Browser
from bench.chaos import proof
from bench.chaos.desks import Booker, Exporter, Floor, Importer, Keeper
from bench.chaos.hands import Hand
from bench.chaos.side_work import settings_of_the_server
from bench.chaos.stage import DATABASE, Stage
from bench.hosts import proxy
from bench.hosts.plant import PROGRAMS, WEB, Plant
from bench.measure import say


class Looker(Hand):
    """The office looks at its dashboard again and again: what the replica is for."""

    def __init__(self, stage, browsers, seed: int):
        super().__init__("office looks", browsers, seed)
        self.user = stage.office

    def deeds(self) -> Iterator[None]:
        while True:
            self.look(self.user, "/reports/")
            self.acknowledged.setdefault("dashboard", []).append("")
            self.over.wait(0.3)
            yield


@dataclass(frozen=True)
class Outage:
    """What happened while one machine was away."""

    name: str
    how: str
    processes: int
    seconds: float  # away
    answered: Counter  # requests by the web machine that answered
    done: Counter  # acknowledged deeds by kind


class Game:
    """The plant with its people."""

    def __init__(self, plant: Plant, *, seed: int, people: int):
        self.plant, self.random = plant, Random(seed)
        self.stage = Stage(people)
        cache.clear()
        for name, server in (("DATABASE_URL", "primary"), ("DATABASE_REPLICA_URL", "replica")):
            plant.environment[name] = f"{plant.servers[server].url.rpartition('/')[0]}/{DATABASE}"
        self.server = settings_of_the_server()
        plant.start(*PROGRAMS)
        plant.wait_until_ready()
        browsers = self._log_in()
        half = len(self.stage.day.people) // 2
        first, second = self.stage.day.people[:half], self.stage.day.people[half:]
        about = (self.stage, browsers)
        self.hands = [Floor(*about, 0, first), Floor(*about, 1, second), Booker(*about, 2), Keeper(*about, 3)]
        self.hands += [Importer(*about, 4), Exporter(*about, 5), Looker(*about, 6)]
        for hand in self.hands:
            hand.start()
        say(f"{len(self.hands)} people are at work")

    def _log_in(self) -> dict[str, Browser]:
        staff, host = self.stage.day.staff, self.plant.address("proxy")
        roles = (Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR)
        names = [user.username for role in roles for user in staff[role]]
        names += [self.stage.office, self.stage.keeper]
        return {name: Browser(proxy.PORT, host=host).log_in(name, floor_day.PASSWORD) for name in names}

    def kill(self, name: str, seconds: float) -> Outage:
        """kill -9 of a machine; it comes back after ``seconds``."""
        time.sleep(self.random.uniform(1, 4))
        before, began = self._done(), time.time()
        count = self.plant.kill(name)
        time.sleep(seconds)
        back = time.time()
        done = self._done() - before
        self.plant.start(name)
        return self._told(Outage(name, "killed", count, back - began, self._answered(began, back), done))

    def cut(self, name: str, seconds: float) -> Outage:
        """Its link is away for ``seconds``; what runs on it goes on running."""
        time.sleep(self.random.uniform(1, 4))
        before, began = self._done(), time.time()
        self.plant.network.cut(name)
        time.sleep(seconds)
        back = time.time()
        done = self._done() - before
        self.plant.network.mend(name)
        return self._told(Outage(name, "link cut", 0, back - began, self._answered(began, back), done))

    def promote(self) -> Outage:
        """The primary is gone for good: the replica takes its place, by the steps of docs/scaling.md."""
        primary, replica = self.plant.servers["primary"], self.plant.servers["replica"]
        connections.close_all()  # the server they led to was killed
        with connections["default"].cursor() as cursor:
            # For once, so that nothing that was acknowledged may be missing.
            cursor.execute("ALTER SYSTEM SET synchronous_standby_names = 'replica'")
            cursor.execute("SELECT pg_reload_conf()")
        time.sleep(3)
        before, began = self._done(), time.time()
        count = self.plant.kill("primary")
        replica.promote()
        self.plant.environment["DATABASE_URL"] = self.plant.environment.pop("DATABASE_REPLICA_URL")
        for name in PROGRAMS:
            if name != "proxy":
                self.plant.kill(name)
                self.plant.start(name)
        self.plant.wait_until_ready()
        back = time.time()
        databases.move(replica.where.address, replica.port)
        done = self._done() - before
        answered = self._answered(began, back)
        say(f"{primary.where.address} is gone, {replica.where.address} is the primary")
        time.sleep(5)
        return Outage("primary", "for good", count, back - began, answered, done)

    def _told(self, outage: Outage) -> Outage:
        say(f"{outage.name} {outage.how} for {outage.seconds:.0f} s: {_words(outage.done)} done meanwhile")
        self.plant.wait_until_ready()
        time.sleep(self.random.uniform(1, 3))
        return outage

    def _answered(self, began: float, back: float) -> Counter:
        by_address = proxy.answered(self.plant.folder("proxy"), began, back)
        return Counter({name: by_address[self.plant.address(name)] for name in WEB})

    def _done(self) -> Counter:
        total: Counter = Counter()
        for hand in self.hands:
            for kind, keys in hand.acknowledged.items():
                total[kind] += len(keys)
        return total

    def end(self) -> list[str]:
        """The people finish what they have begun; then everything is counted."""
        for hand in self.hands:
            hand.over.set()
        for hand in self.hands:
            hand.join(300)
        still = [f"{hand.name} has not come to an end" for hand in self.hands if hand.is_alive()]
        self.plant.kill("beat")  # nobody writes while it is counted
        connections.close_all()  # the server they led to was killed
        found = [*still, *proof.problems(self.stage, self.hands)]
        if not proof.stock_is_all_there(self.stage):
            found.append("the level of the hot lot is not the sum of its movements")
        return found

    def figures(self) -> Counter:
        """Acknowledged deeds by kind."""
        return Counter(proof.figures(self.hands))

    def said(self) -> Counter:
        """The answers that the people got."""
        return sum((hand.said for hand in self.hands), Counter())

    def report_reads(self) -> Counter:
        """How many reports were read, by the server that answered."""
        found: Counter = Counter()
        for name in (*WEB, "reports"):
            registry = CollectorRegistry()
            MultiProcessCollector(registry, str(self.plant.folder(name) / "metrics"))
            for family in registry.collect():
                for sample in family.samples if family.name == "vax_report_reads" else ():
                    found[sample.labels["server"]] += int(sample.value)
        return found


def _words(counts: Counter) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()) if number) or "nothing"
