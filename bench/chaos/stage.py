"""A township on a working day: a floor in full swing, a stock room, an office that books, imports and exports."""

import uuid
from datetime import date, time, timedelta
from io import BytesIO
from itertools import islice

from django.utils import timezone
from openpyxl import Workbook

from accounts.choices import Role
from accounts.models import User
from accounts.services.accounts import create_account
from appointments.rules import Window
from appointments.services import sessions
from bench import crowd, databases, floor_day, ground
from campaigns.models import Campaign
from inventory.models import StockLevel
from places.models import Place
from residents.models import Enrolment, Resident
from residents.services.enrolments import refresh

DATABASE, EMPTY_DATABASE = "chaos", "chaos_restored"
BOOKING_DAYS = 5


class Stage:
    """What the hands need to know: who is logged in, whom and what they work on."""

    def __init__(self, people: int):
        databases.drop(DATABASE)  # of an earlier run in the same folder
        ground.use_empty()
        databases.rename(ground.EMPTY, DATABASE)
        databases.use(DATABASE)
        self.campaign = Campaign.objects.get()
        _, self.day = floor_day.make(10, 0, people, 2)
        self.town = Place.objects.get(pk=self.day.site.place_id)
        self.villages = list(Place.objects.filter(parent=self.town).order_by("code"))
        today = timezone.localdate()
        self.office = self._account("office", Role.TOWN, self.town, today)
        self.keeper = self._account("keeper", Role.STOCK, self.day.site, today)
        User.objects.update(must_change_password=False)
        self.to_book = self._people_without_booking(people, today)
        self._days_to_book(today)
        self.level = StockLevel.objects.get(site=self.day.site, lot=self.day.lot)
        self.people_before = Resident.objects.count()

    def _account(self, name: str, role: str, where, today: date) -> str:
        create_account(
            actor=None,
            username=name,
            display_name=name,
            phone="",
            role=role,
            where=where,
            since=today,
            password=floor_day.PASSWORD,
        )
        return name

    def _people_without_booking(self, count: int, today: date) -> list[str]:
        before = set(Enrolment.objects.values_list("pk", flat=True))
        adults = (p for p in crowd.people(10**6, seed=77, first=30 * 10**6) if p.birth_date.year < 2000)
        villages = [(village.pk, village.code) for village in self.villages]
        ground.register(list(islice(adults, count)), 0, count, villages, self.campaign, today)
        new = Enrolment.objects.exclude(pk__in=before).order_by("pk")
        refresh(list(new.values_list("pk", flat=True)), campaign=self.campaign, today=today)
        return [str(uid) for uid in new.values_list("resident__uid", flat=True)]

    def _days_to_book(self, today: date) -> None:
        office, now = User.objects.get(username=self.office), timezone.now()
        for ahead in range(3, 3 + BOOKING_DAYS):
            session = sessions.plan_session(
                campaign=self.campaign,
                site=self.day.site,
                on=today + timedelta(days=ahead),
                windows=[Window(time(8), time(18))],
                stations=40,
                actor=office,
                key=uuid.uuid4(),
                now=now,
            )
            sessions.open_session(session=session, actor=office, now=now)
            self.slot = session.slots.order_by("starts_at").first().pk

    def census_file(self, number: int, rows: int) -> tuple[bytes, list[str]]:
        """A village's list as a workbook, and the numbers of its people; another list for each ``number``."""
        book = Workbook()
        sheet, village = book.active, self.villages[number % len(self.villages)]
        sheet.append(["村/社区", "姓名", "性别", "身份证号", "联系电话"])
        # Seeds of their own: who is like somebody on the register is left to the office.
        people = list(crowd.people(rows, seed=9_000 + number, first=35_000_000 + number * rows))
        for one in people:
            sheet.append([village.name, one.name, "男" if one.sex == "M" else "女", one.number, one.phone])
        out = BytesIO()
        book.save(out)
        return out.getvalue(), [one.number for one in people]
