"""What a merge of two records of one person will do with every row that points to a person.

``services.merging`` walks this table; ``tests/house/test_people_fks.py`` fails on a foreign key that it does not know.
``MOVE``: the row goes to the surviving record; where the survivor has an equal row already (a unique constraint says so),
it stays. ``JOIN``: a rule of its own comes first (``services.merge_doses``, or the room that registered itself in
``services.merge_rooms``), then what is left moves. ``KEEP``: the row goes on pointing to the old record, because it tells
what was done at the time.
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
        "one enrolment per campaign and record: its facts go to the survivor's, then both are recomputed",
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
    "residents.PersonRequest.resident": (MOVE, "the person asked, under whichever record"),
    "residents.RegisterMember.resident": (KEEP, "the frozen register counted the old record"),
    "residents.RosterEntry.resident": (
        JOIN,
        "once on a roster: the survivor's entry stays, the other's moves or, where both are on one roster, ends",
    ),
    "residents.Resident.merged_into": (
        KEEP,
        "an older tombstone still says where it went; readers follow the chain",
    ),
    "residents.PairMark.first": (KEEP, "it was said of these two records"),
    "residents.PairMark.second": (KEEP, "it was said of these two records"),
    "residents.Merge.kept": (KEEP, "an earlier merge is undone after the later one"),
    "residents.Merge.absorbed": (KEEP, "an earlier merge is undone after the later one"),
    "residents.Recheck.resident": (KEEP, "the second census said this of the old record"),
    "residents.CensusRow.resident": (KEEP, "the file said this of the old record"),
    "residents.Move.resident": (
        JOIN,
        "an open proposal that still makes sense for the survivor follows, any other is closed with a note",
    ),
    "residents.UnitChoice.enrolment": (
        MOVE,
        "the office decided about the person; the newest decision holds",
    ),
    "residents.Hold.enrolment": (MOVE, "a doctor's word follows the person"),
    "residents.Consent.enrolment": (MOVE, "a signature follows the person"),
    "appointments.Booking.enrolment": (
        JOIN,
        "one active booking per dose: the earlier session stays, the other is cancelled",
    ),
    "clinic.Visit.enrolment": (JOIN, "nobody is merged while on the floor; then visits follow the person"),
    "clinic.Correction.enrolment": (
        MOVE,
        "the needle went into this person, under whichever record",
    ),
    "reports.FiledChange.enrolment": (KEEP, "the filed report counted the old record; the next one says so"),
    "clinic.Certificate.resident": (
        MOVE,
        "what was certified stays true of the person; the doses decide whether it still stands",
    ),
}
