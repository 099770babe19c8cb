"""Nothing personal in a log line, also when the database tells the row that it refused."""

import json
import logging
import sys

import pytest

from core.logs import JsonFormatter, TextFormatter
from tests.factories.people import id_number

WHOLE = "13812345678"


def line(formatter, message="job %s failed", *args, detail="") -> str:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, args or (7,), None)
    if detail:
        try:
            raise ValueError(detail)
        except ValueError:
            record.exc_info = sys.exc_info()
    return formatter.format(record)


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter("{message}", style="{")])
def test_rows_and_numbers_are_left_out(formatter, today):
    number = id_number(today.replace(year=1980, day=1), 7)
    refused = f'violates check constraint "x"\nDETAIL:  Failing row contains (5, 王建国, 曙光).\nat {WHOLE}, {number}'
    said = line(formatter, detail=refused)
    assert "violates check constraint" in said and "job 7 failed" in said
    assert not any(word in said for word in ("王建国", WHOLE, number))
    assert "138****5678" in said
    assert number not in line(formatter, "no such number: %s", number)


def test_a_line_is_one_json_object():
    assert json.loads(line(JsonFormatter()))["message"] == "job 7 failed"
