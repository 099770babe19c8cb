"""Who may open which page of the floor: every role, every address."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import ReactionGroup
from clinic.services import certificates
from clinic.urls import urlpatterns

FLOOR = {"registrar", "screener", "vaccinator", "observer"}
AEFI = {"county", "town", "screener", "observer"}
GUESTS = {"county", "town", "cadre01", "cadre02", "registrar", "othertown", "othercadre"}
ISSUERS = FLOOR | {"town", "cadre01"}
ELSEWHERE = {
    "othertown"
}  # has the right, but not here: what lies in another township or village does not exist
BEYOND = {
    "aefi_case": ELSEWHERE,
    **dict.fromkeys(("case_card", "case_form", "case_paper", "case_file", "reaction_group"), ELSEWHERE),
    "case_cards": ELSEWHERE | {"county", "town", "registrar", "vaccinator"},
    "certificate": ELSEWHERE | {"cadre02", "othercadre"},
}
OPENS = {
    "floor": FLOOR,
    "board": FLOOR,
    "visit": FLOOR,
    "slip": FLOOR,
    "calls": FLOOR,
    "guests": GUESTS,
    "guests_file": GUESTS,
    "aefi": AEFI | ELSEWHERE,
    "aefi_case": AEFI,
    "case_form": AEFI,
    "case_paper": AEFI,
    "case_file": AEFI,
    "reaction_group": AEFI,
    "reaction_plan": {"county", "town"} | ELSEWHERE,
    "cards": AEFI | FLOOR | ELSEWHERE,
    "card": AEFI | FLOOR | ELSEWHERE,
    "case_cards": {"screener", "observer"},
    "case_card": AEFI,
    "certificate": ISSUERS,
}
POSTS = {
    "check_in": {"registrar", "screener"},
    "station": FLOOR,
    "call": {"registrar", "screener", "vaccinator"},
    "screen": {"screener"},
    "consent": {"town", "cadre01", "cadre02", "school", "employer", "registrar", "screener", "vaccinator"},
    "dose": {"vaccinator"},
    "void": {"vaccinator"},
    "release": FLOOR,
    "seat": FLOOR,
    "leave": FLOOR,
    "transfer": {"screener", "observer"},
    "reaction": {"screener", "observer"},
    "certificate_revoke": {"town"},
    "case_log": AEFI,
}
POSTS |= dict.fromkeys(("use_signed", "withdraw"), POSTS["consent"])
FLOOR_DEED = {"consent", "use_signed", "withdraw"}  # taken elsewhere too, but a visit is the floor's


@pytest.fixture
def addresses(floor, cast):
    visit = floor.observed()
    event = floor.report(visit)
    arguments = {name: [visit.uid] for name in (*OPENS, *POSTS)}
    arguments |= {"floor": [], "board": [], "aefi": [], "aefi_case": [event.uid]}
    arguments |= dict.fromkeys(("calls", "guests", "guests_file", "station", "call"), ())
    arguments |= {
        "cards": [],
        "card": ["shock"],
        "case_cards": [event.uid],
        "case_card": [event.uid, "shock"],
    }
    cluster = ReactionGroup.objects.create(basis="site", site=floor.site, lot=floor.lot, opened_at=floor.now)
    type(event).objects.filter(pk=event.pk).update(group=cluster)
    of_case = ("case_form", "case_paper", "case_file", "case_log")
    arguments |= {name: [event.uid] for name in of_case}
    arguments |= {"reaction_group": [cluster.uid], "reaction_plan": []}
    certificate = certificates.issue(
        resident=visit.enrolment.resident,
        campaign=visit.enrolment.campaign,
        actor=cast.observer,
        key=uuid4(),
        now=floor.now,
    )
    arguments |= {"certificate": [visit.enrolment.resident.uid], "certificate_revoke": [certificate.uid]}
    arguments["check_in"] = [visit.enrolment.resident.uid]
    return {name: reverse(f"clinic:{name}", args=args) for name, args in arguments.items()}


def test_the_tables_name_every_address():
    assert {pattern.name for pattern in urlpatterns} == {*OPENS, *POSTS}


@pytest.mark.parametrize("name", OPENS)
def test_every_role_opens_what_the_table_says(name, addresses, cast, client_as):
    for username, user in vars(cast).items():
        status = client_as(user).get(addresses[name]).status_code
        outside = username in BEYOND.get(name, ())
        expected = 404 if outside else 200 if username in OPENS[name] else 403
        assert status == expected, username
    assert Client().get(addresses[name]).status_code == 302


@pytest.mark.parametrize("name", POSTS)
def test_every_role_posts_what_the_table_says(name, addresses, cast, client_as):
    """Empty forms: whoever may post is told what is missing, or sent on; nobody else gets that far."""
    for username, user in vars(cast).items():
        status = client_as(user).post(addresses[name]).status_code
        if username in POSTS[name]:
            # a village or a school takes consents too, but sees no visit that is not at its own place
            assert status in ({404, 422, 302} if name in FLOOR_DEED else {422, 302}), (username, status)
        else:
            assert status in {403, 404}, (username, status)
    assert Client().post(addresses[name]).status_code == 302
