"""One role in a process of its own: its people, each a thread that mostly waits. Started by ``bench.crew``."""

from collections import Counter, defaultdict

from bench.crew import play
from bench.load.cadres import Cadre
from bench.load.downloads import Taker
from bench.load.floor import Board, Screens, Team
from bench.load.offices import Office
from bench.load.person import Clock

KINDS = {kind.__name__: kind for kind in (Cadre, Team, Board, Screens, Office, Taker)}
PATIENCE = 90  # seconds for what was begun


def prepare(job: dict):
    """``job``: ``ports`` by the beginning of the path, ``warm`` and ``seconds``, and ``people``, each with the name of its ``kind``."""

    def work() -> dict:
        clock = Clock(warm=job["warm"], seconds=job["seconds"])
        people = [KINDS[about["kind"]](about, job["ports"], clock) for about in job["people"]]
        for one in people:
            one.start()
        clock.wait()
        for one in people:
            one.join(PATIENCE)
        return _summed(people)

    return work


def _summed(people) -> dict:
    times, errors, done = defaultdict(list), Counter(), Counter()
    for one in people:
        for page, values in one.times.items():
            times[page] += values
        errors.update(one.errors)
        done.update(one.done)
        if one.is_alive():
            errors[f"{type(one).__name__}: has not come to an end"] += 1
    return {"times": times, "errors": errors, "done": done}


if __name__ == "__main__":
    play(prepare)
