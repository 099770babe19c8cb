"""What a page tells about people: whole numbers, and whether it is on record that somebody was seen."""

import io
import zipfile

from core.models import AuditEvent
from residents.models import Resident, ResidentIdentifier, RosterEntry

PHONE = "13912345678"

# Pages that are there to ring people from: only for who may see whole telephone numbers.
RINGING = {
    "appointments:roll",
    "appointments:roster",
    "appointments:roster_file",
    "residents:household",
    "residents:outreach_log",
    "residents:round_file",
    "residents:round_sheet",
}
# Forms that change a telephone number, and the case of a reaction, which the family is rung about; each is a recorded read.
FORMS = {"residents:edit", "residents:member_edit", "clinic:case_form"}
# Of one person, but what they show stands on a page that has been recorded, or names nobody.
NOT_A_READ = {
    "clinic:second",  # a part of the desk's answer about the person
}
# What an address is about when it is about one person.
OF_ONE = {
    "resident", "request", "identifier", "booking", "visit", "case", "case_card", "dose", "dose_lot", "correction", "doubt", "hold",
    "lift", "move", "merge", "pair", "pupil", "voucher",
}  # fmt: skip


def give_phones() -> None:
    """Everybody the same number, so that it is found on whatever page."""
    Resident.objects.update(phone=PHONE)
    RosterEntry.objects.update(guardian_phone=PHONE)


def text_of(answer) -> str:
    """A page, or everything inside a workbook or document."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return body.decode("utf-8", "replace")


class Watch:
    """Collects, over many answers, where a whole identity or telephone number stood and who was seen unrecorded."""

    def __init__(self, user):
        give_phones()
        self.with_phone_allowed = FORMS | (RINGING if user.can("phones.view") else set())
        self.numbers = list(ResidentIdentifier.objects.values_list("number", flat=True))
        self.last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.with_number, self.with_phone, self.unseen = set(), set(), set()

    def look(self, name: str, made: str, address: str, answer) -> None:
        """At the answer to ``name``, before what the request did is taken back."""
        assert not any(number in address for number in [*self.numbers, PHONE])
        if answer.status_code != 200:
            return
        text = text_of(answer)
        if any(number in text for number in self.numbers):
            self.with_number.add(name)
        if PHONE in text and name not in self.with_phone_allowed:
            self.with_phone.add(name)
        told = AuditEvent.objects.filter(pk__gt=self.last).exclude(subject="")
        if made in OF_ONE and name not in NOT_A_READ and not told.exists():
            self.unseen.add(name)
