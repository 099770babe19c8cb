"""The raw limit of the needle: six statements of psycopg2 in one transaction on the product's own tables, nothing around them."""

import time
import uuid
from datetime import UTC, datetime

import psycopg2

from bench.crew import play

_LOOK_UP = """
SELECT e.id, e.resident_id, b.id FROM residents_residentidentifier i
JOIN residents_enrolment e ON e.resident_id = i.resident_id AND e.campaign_id = %s
JOIN appointments_booking b ON b.enrolment_id = e.id WHERE i.number_hash = %s"""
_BOOKING = "UPDATE appointments_booking SET state = 'done', ended_at = %s WHERE id = %s"
_RECORD = """
INSERT INTO residents_vaccinationrecord (uid, resident_id, disease, season, dose_number, vaccine_id, lot_no, given_on,
given_at_place, source, proof, is_verified, recorded_at, recorded_by_id, void_reason)
VALUES (%s, %s, 'COVID', '', 1, %s, %s, %s, '', 'here', '', true, %s, %s, '') RETURNING id"""
_PERSON = """
UPDATE residents_enrolment SET doses_done = doses_done + 1, first_dose_on = %s, last_dose_on = %s, last_product_id = %s,
next_dose = 2, status = 'waiting' WHERE id = %s"""
_LEVEL = """
UPDATE inventory_stocklevel SET vials = vials - 1 WHERE site_id = %s AND lot_id = %s AND vials > 0 RETURNING vials"""
_MOVEMENT = """
INSERT INTO inventory_stockmovement (uid, key, site_id, lot_id, kind, vials, open_doses, balance_vials, balance_open,
counterparty, document_no, note, "on", at, by_id) VALUES (%s, %s, %s, %s, 'use', -1, 0, %s, 0, '', '', '', %s, %s, %s)"""


def prepare(job: dict):
    """``{"dsn", "numbers": hashes of people, "campaign", "site", "lot", "lot_no", "vaccine", "by", "today"}``."""
    connection = psycopg2.connect(job["dsn"])
    cursor = connection.cursor()

    def dose(number: str) -> None:
        now = datetime.now(UTC)
        cursor.execute(_LOOK_UP, [job["campaign"], number])
        enrolment, resident, booking = cursor.fetchone()
        cursor.execute(_BOOKING, [now, booking])
        today, vaccine, by = job["today"], job["vaccine"], job["by"]
        cursor.execute(_RECORD, [str(uuid.uuid4()), resident, vaccine, job["lot_no"], today, now, by])
        cursor.execute(_PERSON, [today, today, vaccine, enrolment])
        cursor.execute(_LEVEL, [job["site"], job["lot"]])
        (left,) = cursor.fetchone()
        keys = [str(uuid.uuid4()), str(uuid.uuid4())]
        cursor.execute(_MOVEMENT, [*keys, job["site"], job["lot"], left, today, now, by])
        connection.commit()

    def work() -> dict:
        times = []
        for number in job["numbers"]:
            began = time.perf_counter()
            dose(number)
            times.append((time.perf_counter() - began) * 1000)
        return {"times": {"dose": times}, "errors": []}

    return work


if __name__ == "__main__":
    play(prepare)
