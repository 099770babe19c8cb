"""Neighbours who come to our site (S116): one went home vaccinated, one still sits under observation, one had a fever."""

from datetime import timedelta

from clinic.models import Visit
from clinic.services import consenting, guests, visits
from residents.choices import ConsentChannel, Relation
from residents.models import Enrolment
from vaxcampaign.demo.story import key

ENDS = (("left", 70), ("observing", 18), ("fever", 15))  # how it ended, and how many minutes ago they came


def neighbours(floor) -> None:
    """Today's guests of ``floor``, through the services like everybody else."""
    village = floor.ground.other_villages[0]
    people = Enrolment.objects.filter(campaign=floor.campaign, unit_code=village.code, doses_done=0)
    people = people.on_target().due(floor.today).order_by("pk")[: len(ENDS)]
    midnight = floor.at(floor.today, floor.now.time().min)
    for enrolment, (end, ago) in zip(people, ENDS, strict=False):
        arrived = max(midnight, floor.now - timedelta(minutes=ago))
        visit = visits.check_in(
            enrolment=enrolment,
            site=floor.ground.site,
            actor=floor.users["registrar"],
            key=key("guest", enrolment.pk),
            now=arrived,
            note=guests.PURPOSE,
        )
        floor.screen(visit, arrived, end)
        if end != "fever":
            _sign(floor, visit, arrived)
            floor.vaccinate(visit, arrived)


def _sign(floor, visit: Visit, at) -> None:
    consenting.sign(
        visit=visit,
        given=True,
        signer_name=visit.enrolment.resident.name,
        relation=Relation.SELF,
        channel=ConsentChannel.PAPER,
        paper_no=f"ZQ{visit.on:%m%d}-{visit.queue_no:03d}",
        actor=floor.users["registrar"],
        key=key("consent", visit.key),
        now=at,
    )
