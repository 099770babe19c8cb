"""Published tables give no small number away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.small_cells import hidden_cells


def with_sums(body):
    table = [[*row, sum(row)] for row in body]
    return [*table, [sum(column) for column in zip(*table, strict=True)]]


def test_a_small_cell_takes_a_partner_in_its_row_and_in_its_column():
    table = with_sums([[2, 9, 30], [12, 8, 40]])
    assert hidden_cells(table) == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_zeros_and_large_numbers_are_printed():
    assert hidden_cells(with_sums([[0, 7], [0, 12]])) == set()


@pytest.mark.requirement("S51")
def test_a_single_small_case_hides_the_sums_that_would_tell_it():
    hidden = hidden_cells(with_sums([[1, 0], [0, 0]]))
    assert {(0, 0), (0, 2), (2, 0), (2, 2)} <= hidden


BODY = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=5
    )
)


@pytest.mark.requirement("S51")
@given(BODY)
def test_no_line_misses_exactly_one_cell_and_no_small_cell_is_shown(body):
    table = with_sums(body)
    hidden = hidden_cells(table)
    rows, columns = range(len(table)), range(len(table[0]))
    assert all((r, c) in hidden for r in rows for c in columns if 0 < table[r][c] < 5)
    lines = [[(r, c) for c in columns] for r in rows] + [[(r, c) for r in rows] for c in columns]
    for line in lines:
        missing = [cell for cell in line if cell in hidden]
        assert len(missing) != 1, (table, hidden)
        if missing and line[-1] not in hidden and len(missing) < len(line) - 1:
            assert sum(table[r][c] for r, c in missing) >= 5, (table, hidden)


@given(BODY)
def test_hiding_is_settled_without_small_cells(body):
    table = with_sums([[number * 5 for number in row] for row in body])
    assert hidden_cells(table) == set()
