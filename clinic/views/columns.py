"""The line of the floor, step by step."""

from clinic.choices import ON_FLOOR, Stage
from clinic.models import Visit

SHOWN = 40  # people per column; the rest is a number


def columns(line: list[Visit], figures: dict[str, int], own: Stage | None, now) -> list[dict]:
    """Who waits where, the user's own step first: the first ``SHOWN`` of each stage, and how many there are."""
    titles = {
        Stage.CHECKED_IN: "等预检",
        Stage.PASSED: "等签同意书",
        Stage.CONSENTED: "等接种",
        Stage.OBSERVING: "留观中",
    }
    stages = sorted(ON_FLOOR, key=lambda stage: stage != own)
    found = []
    for stage in stages:
        people = [visit for visit in line if visit.stage == stage]
        for visit in people:
            visit.minutes = int((now - visit.checked_in_at).total_seconds() // 60)
            visit.is_overdue = stage == Stage.OBSERVING and visit.release_due <= now
            visit.is_overdue = visit.is_overdue and not visit.has_reaction
        found.append(
            {
                "title": titles[Stage(stage)],
                "count": figures[stage],
                "people": people,
                "more": max(0, figures[stage] - len(people)),
                "is_own": stage == own,
                "stage": stage,
            }
        )
    return found
