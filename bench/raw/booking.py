"""The raw limit of booking: lock the slot, count who has a place, take one; three statements of psycopg2, nothing around them."""

import time
import uuid

import psycopg2

from bench.crew import play

_LOCK = "SELECT capacity FROM appointments_slot WHERE id = %s FOR UPDATE"
_TAKEN = (
    "SELECT COUNT(*) FROM appointments_booking WHERE slot_id = %s AND state IN ('booked', 'arrived', 'done')"
)
_BOOK = """
INSERT INTO appointments_booking (uid, key, enrolment_id, slot_id, dose_number, village_code, state, booked_at, booked_by_id,
late_reason, second_reason, end_reason) VALUES (%s, %s, %s, %s, 1, '', 'booked', %s, %s, '', '', '')"""


def prepare(job: dict):
    """``{"dsn", "slot", "people": enrolments to book, "by", "now"}``."""
    connection = psycopg2.connect(job["dsn"])
    cursor = connection.cursor()

    def book(person: int) -> None:
        cursor.execute(_LOCK, [job["slot"]])
        (places,) = cursor.fetchone()
        cursor.execute(_TAKEN, [job["slot"]])
        if cursor.fetchone()[0] < places:
            keys = [str(uuid.uuid4()), str(uuid.uuid4())]
            cursor.execute(_BOOK, [*keys, person, job["slot"], job["now"], job["by"]])
        connection.commit()

    first, *rest = job["people"]
    book(first)

    def work() -> dict:
        times = []
        for person in rest:
            began = time.perf_counter()
            book(person)
            times.append((time.perf_counter() - began) * 1000)
        return {"times": {"booking": times}, "errors": []}

    return work


if __name__ == "__main__":
    play(prepare)
