"""The independent SQL agrees with every figure of every report, whatever happened before."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from reports.services import rollups
from tests.reports.agreement import differing, disagreements, disagreements_now
from tests.reports.history import OFTEN, VERBS, History
from tests.walks import examples

pytestmark = pytest.mark.django_db
# Any order of the deeds, each about somebody and in some way; a history is the first so many of them.
deeds = st.permutations([*VERBS, *OFTEN, *OFTEN])
whom = st.lists(st.integers(0, 7), min_size=14, max_size=14)
how = st.lists(st.integers(0, 3), min_size=14, max_size=14)
histories = st.tuples(deeds, whom, how).map(lambda drawn: list(zip(*drawn, strict=False)))
# One in which every deed takes place, so that none is left to the draw.
EVERYTHING = [
    ("percent", 2, 0),
    ("task", 3, 0),
    ("task", 2, 3),
    ("duty", 0, 0),
    ("duty", 1, 2),
    ("late", 1, 1),
    ("late", 2, 2),
    ("late", 3, 3),
    ("receive", 2, 0),
    ("receive", 2, 1),
    ("publish", 0, 0),
    ("file", 0, 0),
    ("visit", 0, 0),
    ("visit", 7, 0),
    ("react", 0, 2),
    ("turn_away", 5, 0),
    ("turn_away", 2, 1),
    ("waste", 0, 0),
    ("undo", 0, 0),
    ("waste", 0, 1),
    ("set_apart", 0, 0),
    ("pupil", 4, 1),
    ("shop", 1, 0),
    ("shop", 3, 0),
    ("call", 2, 1),
    ("ride", 2, 1),
    ("tell", 1, 2),
    ("hold", 3, 2),
    ("refuse", 4, 0),
    ("base", 0, 3),
    ("refuse", 4, 0),
    ("close", 0, 0),
    ("tomorrow", 0, 0),
    ("fill", 0, 0),
    ("late", 0, 0),
    ("void", 1, 0),
    ("correct", 1, 0),
    ("move", 2, 0),
    ("merge", 1, 0),
    ("book", 2, 0),
    ("file", 0, 0),
    ("remove", 5, 0),
    ("close", 0, 0),
]


@pytest.mark.timeout(900)  # whatever else the machine does
# A history is short enough to be read as it is; shrinking takes minutes.
@settings(max_examples=examples(50), phases=[Phase.explicit, Phase.generate])
@example(steps=EVERYTHING)
@given(steps=histories)
def test_any_history_is_counted_alike_by_plain_sql(floor, town, school, steps):
    started = floor.now
    floor.now = timezone.localtime(started).replace(hour=8, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        history = History(floor, town, school)
        history.play(steps)
        rollups.fill_dirty(now=history.now)
        compare(history)
        if steps is EVERYTHING:
            assert set(VERBS) - history.done == set()
        transaction.set_rollback(True)
    floor.now = started
    floor.campaign.refresh_from_db()


def compare(history: History) -> None:
    """Every report of the county today, of a village on a day with old doses; of the township as it stands."""
    campaign, town, now = history.asked.campaign, history.town, history.now
    long_ago = history.began_on - timedelta(days=40)
    for place, day in ((town.county, history.today), (town.villages[0], long_ago)):
        assert disagreements(campaign=campaign, place=place, day=day, now=now) == []
    office = history.cast.town
    assert disagreements_now(campaign=campaign, town=town.town, office=office, now=now) == []
    assert differing(history.handed_in(), history.today) == []
