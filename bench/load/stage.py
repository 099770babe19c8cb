"""The county of the load: a register with doses, a day in full swing at every site, and accounts for everybody at work."""

import uuid
from datetime import time, timedelta
from itertools import islice

from django.db.models import Q
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from accounts.services.accounts import create_account
from appointments.rules import Window
from appointments.services import sessions
from bench import crowd, databases, floor_day, floor_visits, ground
from bench.measure import say
from campaigns.models import Campaign
from clinic.choices import Stage as At
from clinic.models import Visit
from inventory.models import Vaccine
from places.models import Place
from residents.models import Resident

DATABASE = "bench_load"
PHASES = 2
_KNOWN = 60  # people of the own village that a cadre looks up
_TO_BOOK = timedelta(days=2)  # until the day that is filled,
_SECONDS = timedelta(days=30)  # and until one for the second doses
_EARLIER = timedelta(days=10)
_FIRST_NEW = 9_000_000  # numbers of newcomers: no register of the bench has as many people
_STAFF = (Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR, Role.OBSERVER)


class Stage:
    """Makes the database ``DATABASE`` and tells for each phase who does what. ``size``: how many of each (``__main__``)."""

    def __init__(self, size: dict):
        self.size = size
        ground.use_settled(size["people"])
        databases.copy(databases.current(), DATABASE)
        databases.use(DATABASE)
        self.now = timezone.now()
        self.campaign, self.county = Campaign.objects.get(), Place.objects.get(code=ground.COUNTY)
        hands = max(1, size["teams"] - floor_day.SITES)
        days, load = floor_day.make(size["per_site"], 0, hands * 40, hands)
        self.days = [*days, load]
        self._somebody_may_go()
        self.sessions = {day.site.place.code: self._coming_days(day) for day in self.days}
        self.towns = [day.site.place for day in self.days]
        self.cadres = [self._cadre(number) for number in range(size["cadres"])]
        self.offices = [self._office(number) for number in range(size["offices"])]
        self.takers = [self._taker(number) for number in range(size["downloads"])]
        User.objects.update(must_change_password=False)
        say(f"a county of {Resident.objects.count()} people, {len(self.days)} sites at work")

    def users(self) -> list[str]:
        """Everybody who must log in."""
        staff = [user.username for day in self.days for role in _STAFF for user in day.staff[role]]
        return staff + [about["users"]["me"] for about in (*self.cadres, *self.offices, *self.takers)]

    def floor(self, phase: int) -> list[dict]:
        """Teams, boards and screens; each phase leads other people."""
        found = []
        for day in self.days:
            who = day.at("")[phase::PHASES]
            hands = day.staff[Role.VACCINATOR]
            for hand in range(len(hands)):
                mine = who[hand :: len(hands)]
                found.append(self._team(day, hand, mine))
            observer, desk = day.staff[Role.OBSERVER][0], day.staff[Role.REGISTRAR][0]
            found.append({"kind": "Board", "users": {"me": observer.username}})
            found.append({"kind": "Screens", "users": {"me": desk.username}})
        return found

    def cadre_people(self, phase: int) -> list[dict]:
        """Each phase registers other newcomers, and tells of other people's doses."""
        apart = ("newcomers", "unvaccinated")
        return [about | {name: about[name][phase::PHASES] for name in apart} for about in self.cadres]

    def _team(self, day, hand: int, people) -> dict:
        users = {role.value: day.staff[role][hand % len(day.staff[role])].username for role in _STAFF}
        who = [{"uid": one.uid, "name": one.name, "number": one.number} for one in people]
        forms = floor_visits.filled_in(self.campaign, day.lot)
        return {"kind": "Team", "users": users, "people": who, "forms": forms}

    def _somebody_may_go(self) -> None:
        """Every other person under observation has waited long enough."""
        observed = Visit.objects.filter(stage=At.OBSERVING)
        due = list(observed.order_by("pk").values_list("pk", flat=True))[::2]
        Visit.objects.filter(pk__in=due).update(release_due=self.now - timedelta(minutes=1))

    def _coming_days(self, day) -> str:
        """A day to be filled, and one on which its people have their second dose; the uid of the first."""
        office = User.objects.get(username="town")
        for ahead in (_SECONDS, _TO_BOOK):
            session = sessions.plan_session(
                campaign=self.campaign,
                site=day.site,
                on=timezone.localdate(self.now) + ahead,
                windows=[Window(time(8), time(18))],
                stations=40,
                actor=office,
                key=uuid.uuid4(),
                now=self.now,
            )
            sessions.open_session(session=session, actor=office, now=self.now)
        return str(session.uid)

    def _account(self, name: str, role: str, place: Place) -> dict:
        create_account(
            actor=None,
            username=name,
            display_name=name,
            phone="",
            role=role,
            where=place,
            since=timezone.localdate(self.now),
            password=floor_day.PASSWORD,
        )
        return {"users": {"me": name}, "place": place.code, "name": str(place)}

    def _cadre(self, number: int) -> dict:
        town = self.towns[number % len(self.towns)]
        villages = list(Place.objects.filter(parent=town).order_by("code"))
        village = villages[number // len(self.towns) % len(villages)]
        about = self._account(f"cadre-{number}", Role.CADRE, village)
        rows = Resident.objects.filter(village=village).order_by("pk")
        known = rows.values_list("uid", "name", "identifiers__last4")[:_KNOWN]
        open_now = Q(enrolments__is_target=True, enrolments__doses_done=0, birth_date__year__lt=2000)
        unvaccinated = rows.filter(open_now)
        newcomers = crowd.people(300, seed=number, first=_FIRST_NEW + number * 300)
        grown = (one for one in newcomers if one.birth_date.year < 2000)
        return about | {
            "kind": "Cadre",
            "village": village.code,
            "people": [{"uid": str(uid), "name": name, "tail": tail} for uid, name, tail in known],
            "newcomers": [
                {"name": one.name, "number": one.number, "phone": one.phone} for one in islice(grown, 100)
            ],
            "unvaccinated": [str(uid) for uid in unvaccinated.values_list("uid", flat=True)[:_KNOWN]],
            "elsewhere": {
                "vaccine": Vaccine.objects.get(code="CV-SV").pk,
                "given_on": (timezone.localdate(self.now) - _EARLIER).isoformat(),
                "place_name": "外省某县疾控中心",
            },
            "session": self.sessions[town.code],
            "on": (timezone.localdate(self.now) + _TO_BOOK).isoformat(),
        }

    def _office(self, number: int) -> dict:
        """The first and every sixth is the county's, the others those of townships."""
        is_county = number % 6 == 0
        place = self.county if is_county else self.towns[number % len(self.towns)]
        about = self._account(f"office-{number}", Role.COUNTY if is_county else Role.TOWN, place)
        below = Place.objects.filter(parent=place).order_by("code").values_list("code", flat=True)
        town = self.towns[0] if is_county else place
        return about | {"kind": "Office", "below": list(below), "town": town.code}

    def _taker(self, number: int) -> dict:
        town = self.towns[(number + 1) % len(self.towns)]
        about = self._account(f"files-{number}", Role.TOWN, town)
        people = Resident.objects.filter(village__parent=town).count()
        day = timezone.localdate(self.now).isoformat()
        return about | {"kind": "Taker", "town": town.code, "people": people, "day": day}
