"""What a merge of two records of one person will do with every row that points to a person.

The merge itself comes later; this table comes first, so that no new foreign key is forgotten
(``tests/house/test_people_fks.py``). ``MOVE``: the row goes to the surviving record. ``JOIN``: rows that may exist once
per record are brought together by a rule of their own. ``KEEP``: the row goes on pointing to the old record, because it
tells what was done at the time.
"""

MOVE, JOIN, KEEP = "move", "join", "keep"

ON_MERGE: dict[str, tuple[str, str]] = {
    "residents.ResidentIdentifier.resident": (
        MOVE,
        "a person may hold several documents; the number is unique anyway",
    ),
    "residents.VaccinationRecord.resident": (
        JOIN,
        "one record per dose: the verified one stays, the other is voided with the reason",
    ),
    "residents.Enrolment.resident": (
        JOIN,
        "one enrolment per campaign: facts go to the survivor's, then its projection is recomputed",
    ),
    "residents.Charge.resident": (
        JOIN,
        "one group head at a time: the survivor's open charge stays, the other one ends that day",
    ),
    "residents.Outreach.resident": (MOVE, "every visit was paid to this person, under whichever record"),
    "residents.LiftRequest.resident": (
        JOIN,
        "one ride a day: the survivor's stays, another of the same day is cancelled with the reason",
    ),
    "residents.RegisterMember.resident": (KEEP, "the frozen register counted the old record"),
    "residents.RosterEntry.resident": (
        JOIN,
        "once on a roster: the survivor's entry stays, the other's moves or, where both are on one roster, ends",
    ),
    "residents.CensusRow.resident": (KEEP, "the file said this of the old record"),
    "residents.Hold.enrolment": (MOVE, "a doctor's word follows the person"),
    "residents.Consent.enrolment": (MOVE, "a signature follows the person"),
    "appointments.Booking.enrolment": (
        JOIN,
        "one active booking per dose: the earlier stays, the other is cancelled",
    ),
    "clinic.Visit.enrolment": (MOVE, "what happened on the floor follows the person"),
}
