"""Quick cards: the ten of them, versions that never change, ticks with time and name on the case."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic import quick_cards
from clinic.choices import ReactionKind
from clinic.models import CardMark
from clinic.services import adverse_events, card_marks
from core.errors import NotAllowed
from tests.factories.clinic import refused

# What was shown on a case must stay readable as it was. A changed text is a new version, never a new digest here.
DIGESTS = {
    ("shock", 1): "75b040ede530e577",
    ("larynx", 1): "98e98c3349cca340",
    ("faint", 1): "c11c27441d8b64ff",
    ("seizure", 1): "da2cef22c378e4f6",
    ("nerves", 1): "91397f8f8229f06c",
    ("angioedema", 1): "be6c45aa8caea3bf",
    ("rash", 1): "6d6cedca9b140926",
    ("purpura", 1): "6c2eb0e7834a2e92",
    ("infection", 1): "6e1a94109911bf3f",
    ("myocarditis", 1): "de6b065f3660011d",
}


@pytest.mark.requirement("S120")
def test_there_are_the_seven_treatments_and_three_more_each_with_key_steps_and_source():
    cards = quick_cards.current()
    asked = {"angioedema", "rash", "larynx", "seizure", "infection", "myocarditis", "purpura"}
    assert {card.code for card in cards} == asked | {"shock", "faint", "nerves"}
    assert {card.code for card in cards if any("S120" in source for source in card.sources)} == asked
    assert sorted(card.key for card in cards) == list("0123456789")
    for card in cards:
        assert card.code in ReactionKind.values and card.steps and card.signs and card.avoid and card.refer
        assert [step.code for step in card.steps] == [f"{n:02d}" for n in range(1, len(card.steps) + 1)]
    assert "不是医嘱" in quick_cards.notice()


def test_the_limits_of_the_adrenaline_dose_are_on_the_card():
    text = "".join(step.text for step in quick_cards.card_of("shock").steps)
    for words in (
        "1:1000",
        "0.01 mg/kg",
        "14 岁及以上 0.5 mg",
        "不满 14 岁 0.3 mg",
        "大腿中段外侧",
        "5–15 分钟",
    ):
        assert words in text


def test_a_version_that_was_shown_never_changes():
    for (code, version), digest in DIGESTS.items():
        assert quick_cards.card_of(code, version).digest.startswith(digest), (code, version)
    assert {(card.code, card.version) for card in quick_cards.current()} <= set(DIGESTS)


@pytest.mark.django_db
def test_ticks_are_kept_with_version_time_and_name_and_can_be_taken_back(floor):
    event, card, screener = floor.report(floor.observed()), quick_cards.card_of("shock"), floor.cast.screener
    for n in range(2):  # opened twice, noted once
        at = floor.now + timedelta(minutes=n)
        card_marks.open_card(event=event, card=card, actor=floor.cast.observer, now=at)
    deed = {"event": event, "card": card, "step": "04", "actor": screener}
    for n in range(2):
        card_marks.tick(**deed, done=True, now=floor.now + timedelta(minutes=n))
    mark = card_marks.steps_done(event, card)["04"]
    assert (mark.by, mark.at, mark.version, mark.digest) == (screener, floor.now, 1, card.digest)
    card_marks.tick(**deed, done=False, now=floor.now + timedelta(minutes=3))
    assert card_marks.steps_done(event, card) == {}
    assert CardMark.objects.count() == 3  # opened, done, taken back: nothing is edited
    (used,) = card_marks.cards_used(event)
    assert (used["name"], used["version"], used["done"], used["all"]) == ("过敏性休克", 1, 0, len(card.steps))


@pytest.mark.django_db
def test_only_who_may_report_ticks_and_only_while_the_case_is_open(floor):
    event, card = floor.report(floor.observed()), quick_cards.card_of("rash")
    deed = {"event": event, "card": card, "done": True, "now": floor.now}
    with pytest.raises(NotAllowed):
        card_marks.tick(**deed, step="01", actor=floor.cast.vaccinator)
    with refused("STEP_UNKNOWN"):
        card_marks.tick(**deed, step="99", actor=floor.cast.observer)
    adverse_events.close(
        event=event,
        outcome="1",
        measures="观察",
        first_class="1",
        actor=floor.cast.observer,
        now=floor.now,
    )
    with refused("CASE_CLOSED"):
        card_marks.tick(**deed, step="01", actor=floor.cast.observer)


@pytest.mark.django_db
def test_from_the_board_one_key_opens_the_cards_and_the_case_stands_above(floor, client_as):
    observer = client_as(floor.cast.observer)
    board = observer.get(reverse("clinic:board")).content.decode()
    assert f'href="{reverse("clinic:cards")}" data-hotkey="c"' in board
    event = floor.report(floor.observed())
    page = observer.get(reverse("clinic:cards")).content.decode()
    assert reverse("clinic:case_cards", args=[event.uid]) in page and 'data-hotkey="0"' in page
    of_nurse = client_as(floor.cast.vaccinator).get(reverse("clinic:cards")).content.decode()
    assert str(event.uid) not in of_nurse
    assert f'href="{reverse("clinic:aefi")}"' not in of_nurse, "the way back leads to a page that opens"


@pytest.mark.django_db
def test_a_line_is_ticked_on_the_case_and_stands_on_the_case_page(floor, client_as):
    event, observer = floor.report(floor.observed()), client_as(floor.cast.observer)
    address = reverse("clinic:case_card", args=[event.uid, "faint"])
    page = observer.get(address).content.decode()
    assert page.count('name="step"') == len(quick_cards.card_of("faint").steps)
    part = observer.post(address, {"step": "01", "done": "1"}, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="steps">') and "已做" in part.content.decode()
    assert observer.post(address, {"step": "02", "done": "1"}).status_code == 302
    case = observer.get(event.get_absolute_url()).content.decode()
    assert "晕厥 第1版" in case and "做了 2/6 步" in case
    assert 'name="step"' not in client_as(floor.cast.town).get(address).content.decode()
    assert observer.get(f"{address}?v=7").status_code == 404


@pytest.mark.django_db
def test_who_says_what_it_looks_like_stands_before_its_card(floor, client_as):
    visit = floor.observed()
    onset = timezone.localtime(visit.observe_from - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")
    body = {"onset_at": onset, "symptoms": "喘、面色苍白", "kind": "shock", "first_class": "8"}
    visit.doses.update(given_at=floor.now - timedelta(minutes=5))
    answer = client_as(floor.cast.observer).post(reverse("clinic:reaction", args=[visit.uid]), body)
    event = visit.doses.get().adverse_events.get()
    assert answer.url == reverse("clinic:case_card", args=[event.uid, "shock"])
