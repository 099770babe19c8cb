"""What happens to people and their records."""

from datetime import date, timedelta
from uuid import uuid4

from campaigns.models import PriorityGroup
from inventory.models import Vaccine
from residents.models import Resident, Tag, VaccinationRecord
from residents.services import consents, holds, moves, records, register
from residents.services.merging import merge
from tests.factories.people import make_enrolled

# Who there is: birthday, where the person lives, and the product of the course (courses of mixed products are a matter of the
# schedule rules, not of counting). The last one is of the neighbouring town.
PEOPLE = (
    (date(1990, 5, 1), "local", "CV-SV"),
    (date(1963, 2, 28), "local", "CV-SV"),
    (date(1940, 11, 3), "local", "CV-KX"),
    (date(1955, 8, 8), "away_county", "CV-SV"),
    (date(2012, 1, 1), "local", "CV-SV"),
    (date(1971, 6, 9), "in_province", "CV-SV"),
    (date(1985, 1, 9), "away_abroad", "CV-SV"),
    (date(1990, 5, 1), "local", "CV-SV"),
)


class PeopleDeeds:
    """``who``: which of ``PEOPLE``; ``number``: which village, how long ago, which kind."""

    def place_people(self) -> None:
        self.vaccines = Vaccine.objects.in_bulk({product for *_, product in PEOPLE}, field_name="code")
        ground = [self.town.villages[n % 3] for n in range(len(PEOPLE) - 1)] + [self.town.other_villages[0]]
        self.people = [
            make_enrolled(place, self.campaign, self.today, birth_date=born, residence=residence)
            for place, (born, residence, _) in zip(ground, PEOPLE, strict=True)
        ]
        Resident.objects.update(created_at=self.now)
        self.people[2].resident.tags.add(Tag.objects.get(code="alone"))
        self.people[0].resident.tags.add(Tag.objects.get(code="party"))
        group = PriorityGroup.objects.filter(campaign=None).order_by("code").first()
        self.people[1].resident.priority_groups.add(group)

    def person(self, who):
        row = self.people[who % len(PEOPLE)]
        row.refresh_from_db()
        row.resident.refresh_from_db()
        return row

    def late(self, who, months):
        """A dose told afterwards: of one product for a person, at distances that count."""
        records.note_dose(
            enrolment=self.person(who),
            vaccine=self.vaccines[PEOPLE[who % len(PEOPLE)][2]],
            given_on=self.began_on - timedelta(days=40 * (months + 1)),
            actor=None,
            today=self.today,
        )

    def void(self, who, number):
        counted = list(VaccinationRecord.objects.counted().filter(dose=None).order_by("pk"))
        if not counted:
            self.late(who, number)
            counted = list(VaccinationRecord.objects.counted().filter(dose=None).order_by("pk"))
        record = counted[who % len(counted)]
        records.void_record(record=record, actor=None, reason="登记错", now=self.now)

    def move(self, who, number):
        moves.propose(
            resident=self.person(who).resident,
            kind="move",
            to_place=self.town.villages[number % 3],
            residence="local",
            reason="home",
            on=self.today,
            actor=None,
            key=uuid4(),
            now=self.now,
            today=self.today,
        )

    def merge(self, who, number):
        """Of two of one product; ``number`` is counted from ``who`` on."""
        mine = [n for n, (*_, product) in enumerate(PEOPLE) if product == "CV-SV"]
        kept, absorbed = mine[who % len(mine)], mine[(who + number + 1) % len(mine)]
        merge(
            kept=self.person(kept).resident,
            absorbed=self.person(absorbed).resident,
            choices={},
            actor=None,
            reason="登记了两次",
            key=uuid4(),
            now=self.now,
        )

    def remove(self, who, number):
        register.remove_resident(
            resident=self.person(who).resident,
            actor=None,
            removal="moved_out",
            on=self.today,
            today=self.today,
            now=self.now,
        )

    def hold(self, who, number):
        """暂缓 for some days, 禁忌, or what the person says."""
        kind = ("defer", "contra", "self", "defer")[number]
        until = self.today + timedelta(days=1 + number) if kind == "defer" else None
        said = {"kind": kind, "reason": "发热", "until": until, "by": self.cast.screener}
        holds.place_hold(enrolment=self.person(who), now=self.now, **said)

    def refuse(self, who, number):
        enrolment = self.person(who)
        is_child = enrolment.resident.birth_date.year > 2008
        consents.record_consent(
            enrolment=enrolment,
            given=number == 3,
            signer_name="王家长",
            relation="mother" if is_child else "self",
            channel="paper",
            paper_no=f"Z{who}{number}",
            actor=self.cast.registrar,
            key=uuid4(),
            now=self.now,
        )
