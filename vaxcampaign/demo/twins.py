"""A few people of the demo whom two villages have registered: some still to be merged, one pair merged already."""

from datetime import datetime

from campaigns.models import Campaign
from core.idnumbers import check_digit
from residents.choices import IdType, PairVerdict, Residence
from residents.models import Resident
from residents.services.merging import merge
from residents.services.pair_marks import mark_pair
from residents.services.persons import Document, PersonValues
from residents.services.register import add_resident
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

TWINS = 6


def register(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """The next village registers people of the first: the last digits copied wrongly, or with a passport."""
    people = Resident.objects.live().filter(
        village=ground.villages[0], residence=Residence.LOCAL_RESIDENT, organisation=None
    )
    pairs = []
    for n, person in enumerate(people.order_by("pk")[:TWINS]):
        document = Document(IdType.PASSPORT, f"99DEMO{n:03d}") if n % 3 == 2 else _card(person, n)
        values = PersonValues(
            name=person.name,
            sex=person.sex,
            birth_date=person.birth_date,
            village=ground.villages[1],
            documents=(document,),
            phone=person.phone,
            note="集市登记点登记",
        )
        twin = add_resident(actor=ground.users["town"], values=values, key=key("twin", n), today=now.date())
        pairs.append((person, twin))
    _judge(ground, pairs, now)


def _card(person: Resident, n: int) -> Document:
    """A number of the same birth date that no real card and no other demo person carries."""
    body = f"999{900 + n:03d}{person.birth_date:%Y%m%d}{n * 2 + (person.sex == 'M'):03d}"
    return Document(IdType.ID_CARD, body + check_digit(body))


def _judge(ground: Ground, pairs: list[tuple[Resident, Resident]], now: datetime) -> None:
    marked, merged = pairs[0], pairs[-1]
    mark_pair(
        one=marked[0],
        other=marked[1],
        verdict=PairVerdict.MAYBE,
        reason="本人说赶集时又登记了一次",
        actor=ground.users["cadre01"],
        now=now,
    )
    merge(
        kept=merged[0],
        absorbed=merged[1],
        choices={"village": "kept"},
        actor=ground.users["town"],
        reason="同一人,集市登记点重复登记",
        key=key("merge", "demo"),
        now=now,
    )
