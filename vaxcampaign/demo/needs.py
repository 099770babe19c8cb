"""People on the floor of the demo who need somebody at their side."""

from clinic.models import Visit
from clinic.services.companions import accompany
from residents.models import Tag


def stand_out(visit: Visit, tag: str, companion: str, *, actor) -> None:
    """The person of ``visit`` has the need ``tag``; ``companion`` stays with them, "" nobody yet."""
    visit.enrolment.resident.tags.add(Tag.objects.get(code=tag))
    if companion:
        accompany(visit=visit, companion=companion, actor=actor)
