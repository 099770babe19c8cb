"""The raw limit of the ledger: lock and change a level, write the movement, commit; two statements of psycopg2, nothing around them."""

import time
import uuid
from datetime import UTC, datetime

import psycopg2

from bench.crew import play

_LEVEL = """
UPDATE inventory_stocklevel SET vials = vials - 1 WHERE site_id = %s AND lot_id = %s AND vials > 0 RETURNING vials"""
_MOVEMENT = """
INSERT INTO inventory_stockmovement (uid, key, site_id, lot_id, kind, vials, open_doses, balance_vials, balance_open,
counterparty, document_no, note, "on", at, by_id) VALUES (%s, %s, %s, %s, 'use', -1, 0, %s, 0, '', '', '', %s, %s, %s)"""


def prepare(job: dict):
    """``{"dsn", "site", "lots": the lot of each movement, "by", "today"}``."""
    connection = psycopg2.connect(job["dsn"])
    cursor = connection.cursor()

    def work() -> dict:
        times = []
        for lot in job["lots"]:
            began = time.perf_counter()
            cursor.execute(_LEVEL, [job["site"], lot])
            (left,) = cursor.fetchone()
            keys = [str(uuid.uuid4()), str(uuid.uuid4())]
            now = datetime.now(UTC)
            cursor.execute(_MOVEMENT, [*keys, job["site"], lot, left, job["today"], now, job["by"]])
            connection.commit()
            times.append((time.perf_counter() - began) * 1000)
        return {"times": {"movement": times}, "errors": []}

    return work


if __name__ == "__main__":
    play(prepare)
