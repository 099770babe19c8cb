"""Rosters of a school and a shop, and the work of the village: visits, rides, duties, publicity."""

from datetime import timedelta
from uuid import uuid4

from places.models import Organisation
from residents.models import RosterEntry
from residents.services import duties, lifts, outreach, publicity, rosters
from residents.services.rosters import RosterDetails


class RollDeeds:
    """``who``: which of ``PEOPLE``; ``number``: which class, reason, level or kind."""

    def open_rolls(self, school) -> None:
        self.school = school
        self.shop_ = Organisation.objects.create(
            name="迎泽面馆", kind="shop", shop_type="catering", place=self.town.villages[1]
        )

    def pupil(self, who, number):
        """On the roster of the school; asked again, off it."""
        self._roll(self.school, who, RosterDetails(grade=11 + number, class_no=str(who % 2 + 1)))

    def shop(self, who, number):
        """On the roster of the shop, which is confirmed: the sticker follows."""
        self._roll(self.shop_, who, RosterDetails(job="服务员"))
        rosters.confirm_roster(organisation=self.shop_, actor=self.cast.town, now=self.now)

    def _roll(self, organisation, who, details) -> None:
        resident = self.person(who).resident
        entry = RosterEntry.objects.filter(organisation=organisation, resident=resident, until=None).first()
        if entry:
            told = {"on": self.today, "reason": "离开", "actor": self.cast.town, "today": self.today}
            rosters.leave_roster(entry=entry, **told)
        else:
            asked = {"organisation": organisation, "actor": self.cast.town, "today": self.today}
            rosters.add_to_roster(resident=resident, details=details, **asked)

    def call(self, who, number):
        """A visit: nobody there, a reason, a promise."""
        met = number > 0
        outreach.log(
            resident=self.person(who).resident,
            by=self.cast.cadre01,
            kind="visit",
            met=met,
            key=uuid4(),
            now=self.now,
            reason=("", "R04", "", "R01")[number],
            promised_on=self.today + timedelta(days=3) if number == 2 else None,
        )

    def ride(self, who, number):
        lifts.ask(
            resident=self.person(who).resident,
            actor=self.cast.cadre01,
            on=self.today + timedelta(days=number),
            pick_up="村口",
            agreed_by="本人",
            agreed_on=self.today,
            key=uuid4(),
            today=self.today,
        )

    def duty(self, who, number):
        """A leader of the village, a cadre of those in no 组, or a head with a person."""
        person = self.person(who).resident
        level = ("leader", "cadre", "head", "leader")[number]
        made = duties.assign(
            actor=self.cast.town,
            level=level,
            village=person.village,
            since=self.today,
            key=uuid4(),
            name=f"责任人{who}{number}",
            group_no="1" if level == "cadre" else "",
        )
        if level == "head":
            duties.charge(duty=made, residents=[person], actor=self.cast.town, today=self.today)

    def tell(self, who, number):
        village = self.town.villages[number % 3]
        publicity.record(
            place=village,
            day=self.today,
            counts={"banner": who + 1, "visit": number},
            actor=self.cast.town,
            key=uuid4(),
            now=self.now,
        )
