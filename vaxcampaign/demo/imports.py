"""Two files of villages: one contradicts the register, the other has a column that nobody knows yet."""

import csv
import io
from datetime import datetime

from campaigns.models import Campaign
from places.models import Place
from residents.models import Resident
from residents.services import census
from vaxcampaign.demo.ground import Ground


def send(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """The first village's file is imported and leaves rows to review; the second's waits for an answer."""
    today = now.date()
    first, second = ground.villages[:2]
    known = [["姓名", "身份证号", "组", "职业"], *_lines(first, lambda n: ["9" if n < 3 else "", "务农"])]
    done = _take(ground, campaign, first, "第一次摸排补充.csv", known, "cadre01")
    census.check(done, today=today)
    census.commit(done, actor=ground.users["cadre01"], now=now, today=today)
    odd = [["姓名", "身份证号", "网格员怎么叫"], *_lines(second, lambda n: [f"{n + 1}号户"])]
    census.check(_take(ground, campaign, second, "南边几户.csv", odd, "cadre02"), today=today)


def _lines(village: Place, more) -> list[list[str]]:
    people = Resident.objects.live().filter(village=village, roster_entries=None).exclude(group_no="9")
    people = people.prefetch_related("identifiers").order_by("pk")[:6]
    return [[person.name, person.primary_identifier.number, *more(n)] for n, person in enumerate(people)]


def _take(ground: Ground, campaign: Campaign, place: Place, name: str, rows: list[list[str]], username: str):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return census.take_in(
        content=text.getvalue().encode("utf-8-sig"),
        file_name=name,
        place=place,
        campaign=campaign,
        actor=ground.users[username],
    )
