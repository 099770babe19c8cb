"""Python's collector is rare during large work, and as before afterwards."""

import gc

import pytest

from core.collecting import rarely_collecting


@pytest.fixture(autouse=True)
def usual():
    """As in a server; the tests themselves run with a rare collector."""
    before, plain = gc.get_threshold(), (700, 10, 10)
    gc.set_threshold(*plain)
    yield plain
    gc.set_threshold(*before)


def test_overlapping_works_leave_the_collector_as_it_was(usual):
    one, other = rarely_collecting(), rarely_collecting()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)  # the first to begin ends first: the other goes on undisturbed
    assert gc.get_threshold()[0] > usual[0]
    other.__exit__(None, None, None)
    assert gc.get_threshold() == usual


def test_work_that_fails_leaves_the_collector_as_it_was(usual):
    with pytest.raises(ValueError), rarely_collecting():
        raise ValueError
    assert gc.get_threshold() == usual and gc.isenabled()
