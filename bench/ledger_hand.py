"""One worker of P11: posts movements through the product's ledger, in a process of its own."""

import time
import uuid

import django
from django.utils import timezone

from bench.crew import play


def prepare(job: dict):
    """``{"database", "site", "lots": the lot of each movement, "by"}``."""
    django.setup()

    from accounts.models import User  # noqa: PLC0415 - after django.setup()
    from bench import databases  # noqa: PLC0415
    from core.errors import Busy  # noqa: PLC0415
    from inventory.models import Lot  # noqa: PLC0415
    from inventory.services.ledger import use_dose  # noqa: PLC0415
    from places.models import Site  # noqa: PLC0415

    databases.use(job["database"])
    site, by = Site.objects.select_related("place").get(pk=job["site"]), User.objects.get(pk=job["by"])
    lots = Lot.objects.select_related("presentation").in_bulk(job["lots"])

    def post(lot: Lot, errors: list) -> None:
        key = uuid.uuid4()
        while True:
            try:
                use_dose(site=site, lot=lot, actor=by, key=key, now=timezone.now())
                return
            except Busy:  # what a person does: press again
                errors.append("busy")

    def work() -> dict:
        times, errors = [], []
        for lot in job["lots"]:
            began = time.perf_counter()
            post(lots[lot], errors)
            times.append((time.perf_counter() - began) * 1000)
        return {"times": {"movement": times}, "errors": errors}

    return work


if __name__ == "__main__":
    play(prepare)
