"""One client of P8: books people into one slot through the product's service, in a process of its own."""

import time
import uuid
from datetime import datetime

import django

from bench.crew import play


def prepare(job: dict):
    """``{"database", "slot", "people": enrolments to book, "by", "now"}``."""
    django.setup()

    from accounts.models import User  # noqa: PLC0415 - after django.setup()
    from appointments.models import Slot  # noqa: PLC0415
    from appointments.services.bookings import book  # noqa: PLC0415
    from bench import databases  # noqa: PLC0415
    from core.errors import Busy, SlotFull  # noqa: PLC0415
    from residents.models import Enrolment  # noqa: PLC0415

    databases.use(job["database"])
    slot, by = Slot.objects.get(pk=job["slot"]), User.objects.get(pk=job["by"])
    now, people = datetime.fromisoformat(job["now"]), Enrolment.objects.in_bulk(job["people"])

    def one(person: Enrolment, errors: list) -> None:
        key = uuid.uuid4()
        while True:
            try:
                book(enrolment=person, slot=slot, actor=by, key=key, now=now)
                return
            except SlotFull as full:
                str(full)  # the page says where else there is room
                return
            except Busy:  # what a person does: press again
                errors.append("busy")

    first, *rest = job["people"]
    one(people[first], [])  # what a worker builds once is built by then

    def work() -> dict:
        times, errors = [], []
        for pk in rest:
            began = time.perf_counter()
            one(people[pk], errors)
            times.append((time.perf_counter() - began) * 1000)
        return {"times": {"booking": times}, "errors": errors}

    return work


if __name__ == "__main__":
    play(prepare)
