"""The day of the bench with its doors open: who is logged in, what is posted, and many clients at once."""

from itertools import cycle
from statistics import median

from accounts.choices import Role
from accounts.models import User
from bench import databases, floor_day, floor_visits
from bench.browser import Browser
from bench.crew import at_once
from bench.measure import Line, percentile, say
from campaigns.models import Campaign
from clinic.choices import Stage

OURS, RAW, CLIENTS, WARM = "bench_floor", "bench_floor_raw", 8, 16
RAW_TIMES = 3  # people of the raw limit for each of ours: it is that much faster


class House:
    """The day, its people by what they wait for, and the clients."""

    def __init__(self, setup):
        self.setup, self.per_round = setup, setup.doses
        self.ways = max(CLIENTS, setup.doses // 4)
        ready = setup.rounds * self.per_round + WARM + 1
        to_come = max(setup.rounds * self.ways + WARM, setup.rounds * self.per_round * RAW_TIMES)
        self.days, self.load = floor_day.make(setup.per_site, ready, to_come, CLIENTS)
        databases.copy(OURS, RAW)
        databases.use(OURS)
        self.campaign = Campaign.objects.get()
        self.ready = iter(self.load.at(Stage.CONSENTED))
        self.to_come = iter(self.load.at(""))
        self.raw_people = cycle(person.number_hash for person in self.load.people)
        say(f"{len(self.days)} sites × {setup.per_site} people, {len(self.load.people)} for the load")

    def log_in(self, port: int, bare_port: int) -> None:
        """Everybody once: hashing a password is slow on purpose."""
        self.port, self.bare_port = port, bare_port
        names = User.objects.filter(username__contains="-site").values_list("username", flat=True)
        self.cookies = {name: Browser(port).log_in(name, floor_day.PASSWORD).cookies for name in names}
        nurses = [user.username for user in self.load.staff[Role.VACCINATOR]]
        self.bare_cookies = {
            name: Browser(bare_port).log_in(name, floor_day.PASSWORD).cookies for name in nurses
        }

    def job(self, users, steps: list[dict]) -> dict:
        """What one client does, logged in as ``users``."""
        cookies = {name: self.cookies[name] for name in users}
        return {"port": self.port, "users": cookies, "steps": steps, "forms": self.forms()}

    def forms(self) -> dict:
        """What is filled in, by the name of the step."""
        return floor_visits.filled_in(self.campaign, self.load.lot)

    def play(self, module, jobs, times, errors, count: int, names: dict | None = None) -> float:
        """Have the clients play ``jobs``, ``count`` things together: how many per second. Fills ``times`` (by the names of the
        requests, or as ``names`` calls them) and ``errors``."""
        seconds, answers = at_once(module, jobs)
        for answer in answers:
            errors += answer["errors"]
            for name, values in answer["times"].items():
                times.setdefault((names or {}).get(name, name), []).extend(values)
        return count / seconds


def note(line: Line, times: dict, errors: list, prefix: str = "") -> None:
    """How long each kind of request took, and the first errors."""
    for name, values in times.items():
        p50, p95 = median(values), percentile(values, 0.95)
        line.notes.append(f"{prefix}{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms (n={len(values)})")
    line.holds(f"{prefix}no error ({len(errors)})", not errors)
    line.notes += errors[:3]
