"""What must be true of the register after every deed, for the machine of ``test_register_machine``."""

from django.db.models import F
from hypothesis.stateful import invariant

from reports import funnel
from residents.models import Enrolment, Merge, Move, Resident, ResidentIdentifier, VaccinationRecord
from residents.services.enrolments import drift


class Truths:
    """Compared with the machine's own books: ``numbers`` registered, doses ``told``, those ``voided``; ``campaign``, ``today``."""

    @invariant()
    def every_number_is_one_living_or_removed_person_and_no_tombstone(self):
        owners = ResidentIdentifier.objects.values_list("number_hash", "resident__merged_into")
        assert len(owners) == len(self.numbers)
        assert {merged_into for _, merged_into in owners} <= {None}

    @invariant()
    def every_living_target_person_counts_in_exactly_one_unit(self):
        rows = Enrolment.objects.filter(campaign=self.campaign)
        assert rows.filter(resident__removed_on=None).count() == Resident.objects.live().count()
        for row in rows.filter(is_target=True).select_related("unit", "resident"):
            assert row.resident.removed_on is None
            assert row.unit is not None and row.unit.code == row.unit_code
        assert not rows.exclude(resident__removed_on=None).exclude(unit=None).exists()

    @invariant()
    def no_dose_is_lost_or_doubled(self):
        stand = {row.uid: row.voided_at is not None for row in VaccinationRecord.objects.all()}
        assert set(stand) == self.told
        repeats = {
            pk
            for row in Merge.objects.standing()
            for label, pk, pairs in row.log["changed"]
            if label == "residents.VaccinationRecord" and "voided_at" in pairs
        }
        repeated = set(VaccinationRecord.objects.filter(pk__in=repeats).values_list("uid", flat=True))
        assert {uid for uid, is_voided in stand.items() if is_voided} == self.voided | repeated
        assert not VaccinationRecord.objects.filter(resident__merged_into__isnull=False).exists()

    @invariant()
    def doses_of_a_person_are_on_different_days_and_numbered_by_date(self):
        for person in Resident.objects.prefetch_related("records"):
            doses = sorted((r.given_on, r.dose_number) for r in person.records.all() if not r.voided_at)
            assert [number for _, number in doses] == list(range(1, len(doses) + 1))
            assert len({day for day, _ in doses}) == len(doses)

    @invariant()
    def a_tombstone_knows_its_survivor(self):
        standing = Merge.objects.standing()
        assert Resident.objects.exclude(merged_into=None).count() == standing.count()
        assert not standing.exclude(absorbed__merged_into=F("kept")).exists()

    @invariant()
    def who_moves_has_one_open_proposal_about_the_village_that_has_the_person(self):
        """Nobody answers for somebody who is merged; a proposal that came too late says so when it is answered."""
        waiting = list(Move.objects.open().values_list("resident", "resident__merged_into"))
        assert len({resident for resident, _ in waiting}) == len(waiting)
        assert {merged_into for _, merged_into in waiting} <= {None}

    @invariant()
    def the_funnel_adds_up_and_opens_its_names(self):
        lines, total = funnel.lines(self.campaign, self.campaign.place, self.today)
        for line in [*lines, total]:
            of = {step.code: number for step, number in line.cells}
            assert of["hukou"] == sum(of[code] for code in ("able", "self", "contra", "away", "later"))
            assert of["able"] == of["done"] + of["left"]
            assert of["all"] == of["hukou"] + of["inflow"]
        assert total.numbers == [
            sum(column) for column in zip(*(line.numbers for line in lines), strict=True)
        ]
        grown = Enrolment.objects.filter(campaign=self.campaign, in_cohort=True, resident__removed_on=None)
        assert dict(zip(funnel.BY_CODE, total.numbers, strict=True))["all"] == grown.count()
        for step, number in total.cells:
            assert funnel.behind(step, self.campaign, self.campaign.place, self.today).count() == number

    @invariant()
    def projections_are_true(self):
        assert [(row.pk, names) for row, names in drift(today=self.today)] == []
