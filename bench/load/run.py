"""One run, beside its servers: the stage, everybody at work, the floor alone, the books. Started by ``bench.load``."""

import json
import os
import sys
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path

import django

django.setup()

from django.core.cache import cache  # noqa: E402
from django.db import connections  # noqa: E402

from bench import databases, floor_day  # noqa: E402
from bench.browser import Browser  # noqa: E402
from bench.crew import at_once  # noqa: E402
from bench.load import books, tables  # noqa: E402
from bench.load.plant import Plant  # noqa: E402
from bench.load.stage import DATABASE, Stage  # noqa: E402
from bench.measure import say  # noqa: E402
from bench.web import address_of  # noqa: E402

FLOOR, CADRES, OFFICES, DOWNLOADS = "floor", "cadres", "offices", "downloads"


def main() -> int:
    """1 when anybody met an error or a book does not agree."""
    size = json.loads(os.environ["BENCH_LOAD"])
    cache.clear()  # of an earlier run in the same folder, with what still lay in its queues
    stage = Stage(size)
    counted = books.Counted(stage.campaign)
    plant = Plant(Path(size["work"]), address_of(DATABASE), workers=size["workers"], pools=size["pools"])
    databases.use(DATABASE)
    connections.close_all()
    try:
        plant.start()
        cookies = {
            name: Browser(plant.port).log_in(name, floor_day.PASSWORD).cookies for name in stage.users()
        }
        say(f"{len(cookies)} people logged in")
        together = play(plant, size, cookies, everybody(stage))
        alone = play(plant, size, cookies, floor_only(stage))
    finally:
        plant.stop()
    posted = together.done["doses"] + alone.done["doses"]
    problems = list(islice(counted.problems(posted), books.MOST))
    databases.drop(DATABASE)
    tables.show(together, alone, size)
    errors = [*tables.errors(together, alone), *plant.complaints()[: books.MOST]]
    print("\n".join(["ERRORS", *errors] if errors else ["errors: 0"]))
    print(
        "\n".join(["BOOKS", *problems] if problems else [f"books: agree; {posted} doses posted and counted"])
    )
    return int(bool(errors or problems))


class Outcome:
    """Of one phase: milliseconds by role and page, errors, deeds, ``used`` processor seconds by program."""

    def __init__(self, answers: dict[str, dict], used: dict[str, float]):
        self.times: dict[str, dict[str, list[float]]] = defaultdict(dict)
        self.errors, self.done, self.used = Counter(), Counter(), used
        for role, answer in answers.items():
            self.times[role] = answer["times"]
            self.errors.update({f"{role}: {what}": n for what, n in answer["errors"].items()})
            self.done.update(answer["done"])


def everybody(stage: Stage) -> dict[str, list[dict]]:
    """Role → its people, of the first phase."""
    return {
        FLOOR: stage.floor(0),
        CADRES: stage.cadre_people(0),
        OFFICES: stage.offices,
        DOWNLOADS: stage.takers,
    }


def floor_only(stage: Stage) -> dict[str, list[dict]]:
    """The same without reports and downloads."""
    return {FLOOR: stage.floor(1), CADRES: stage.cadre_people(1)}


def play(plant: Plant, size: dict, cookies: dict, roles: dict[str, list[dict]]) -> Outcome:
    """Have them all work for so many seconds."""
    say(f"{', '.join(roles)} for {size['seconds']} s (load {os.getloadavg()[0]:.1f})")
    jobs = [
        {
            "ports": plant.ports,
            "warm": size["warm"],
            "seconds": size["seconds"],
            "people": [
                about
                | {"users": {key: cookies[name] for key, name in about["users"].items()}}
                | {"seed": f"{role} {number}", "pace": size["pace"]}
                for number, about in enumerate(people)
            ],
        }
        for role, people in roles.items()
    ]
    before = plant.processor_seconds()
    _, answers = at_once("bench.load.client", jobs)
    used = {name: now - before[name] for name, now in plant.processor_seconds().items()}
    return Outcome(dict(zip(roles, answers, strict=True)), used)


if __name__ == "__main__":
    sys.exit(main())
