"""Identity numbers: the vectors of the standard, every document type, and damage done by spreadsheets."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import idnumbers

TODAY = date(2026, 11, 21)
GOOD = "11010519491231002X"


def codes(result):
    return [problem.code for problem in result.problems]


def number_for(born: date, sequence: int, region: str = "150622") -> str:
    first17 = f"{region}{born:%Y%m%d}{sequence:03d}"
    return first17 + idnumbers.check_digit(first17)


@pytest.mark.parametrize(
    ("id_type", "number", "born", "sex"),
    [
        ("01", GOOD, date(1949, 12, 31), "F"),
        ("01H", "810000199408230021", date(1994, 8, 23), "F"),
        ("01H", "830000199201300022", date(1992, 1, 30), "F"),
        ("02", number_for(date(2020, 2, 29), 1), date(2020, 2, 29), "M"),
    ],
)
def test_vectors_of_the_standard(id_type, number, born, sex):
    result = idnumbers.check(id_type, number, today=TODAY)
    assert (result.number, result.birth_date, result.sex, result.problems) == (number, born, sex, ())


def test_the_printed_example_of_1880_has_a_right_check_digit_but_is_too_old_to_live():
    assert idnumbers.check_digit("44052418800101001") == "4"
    assert codes(idnumbers.check("01", "440524188001010014", today=TODAY)) == ["ID_AGE"]


def test_a_15_digit_card_is_upgraded_with_a_warning():
    result = idnumbers.check("01", "610104620927690", today=TODAY)
    assert result.ok
    assert (result.number, codes(result)) == ("610104196209276908", ["ID_LEGACY15"])


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310020", "ID_CHECK"),
        ("440524188013010014", "ID_DATE"),
        ("1101051949123100", "ID_LENGTH"),
        ("1101051949123100A1", "ID_DIGITS"),
        (number_for(date(2026, 11, 22), 1), "ID_FUTURE"),
        ("", "ID_EMPTY"),
        (None, "ID_EMPTY"),
    ],
)
def test_errors_have_a_code_and_say_what_to_do(number, code):
    result = idnumbers.check("01", number, today=TODAY)
    assert not result.ok
    problem = next(problem for problem in result.errors if problem.code == code)
    assert "请" in problem.message


def test_the_right_check_digit_is_not_given_away():
    result = idnumbers.check("01", "110105194912310020", today=TODAY)
    assert "X" not in result.errors[0].message.upper()


def test_an_unknown_region_only_warns():
    result = idnumbers.check("01", number_for(date(1990, 1, 1), 11, "990101"), today=TODAY)
    assert codes(result) == []
    result = idnumbers.check("01", number_for(date(1990, 1, 1), 11, "770101"), today=TODAY)
    assert result.ok
    assert codes(result) == ["ID_REGION"]


def test_typed_birth_date_and_sex_must_agree():
    result = idnumbers.check("01", GOOD, today=TODAY, birth_date=date(1949, 12, 30), sex="M")
    assert codes(result) == ["ID_BIRTH_MISMATCH", "ID_SEX_MISMATCH"]
    assert idnumbers.check("01", GOOD, today=TODAY, birth_date=date(1949, 12, 31), sex="F").problems == ()


@pytest.mark.parametrize(
    "typed", ["１１０１０５１９４９１２３１００２ｘ", " 110105 19491231 002x ", "'110105-19491231-002X"]
)
def test_typing_habits_are_forgiven(typed):
    assert idnumbers.check("01", typed, today=TODAY).number == GOOD


@pytest.mark.parametrize(
    ("id_type", "typed", "stored"),
    [
        ("B1", "x320101001", "X320101001"),
        ("03", "E12345678", "E12345678"),
        ("06", "h1234567801", "H12345678"),
        ("07", "1234567801", "12345678"),
        ("07", "12345678B", "12345678"),
        ("P0", "USA123456789012", "USA123456789012"),
        ("04", "军字第123456号", "军字第123456号"),
        ("99", "12-34", "1234"),
        ("N0", "TMP-150622101-2026000001", "TMP-150622101-2026000001"),
    ],
)
def test_other_documents(id_type, typed, stored):
    result = idnumbers.check(id_type, typed, today=TODAY)
    assert (result.number, result.problems) == (stored, ())
    assert (result.birth_date, result.sex) == (None, None)


@pytest.mark.parametrize(
    ("id_type", "typed"),
    [("B1", "320101001"), ("06", "A12345678"), ("07", "123"), ("P0", "US12"), ("N0", "1")],
)
def test_other_documents_of_a_wrong_form(id_type, typed):
    assert codes(idnumbers.check(id_type, typed, today=TODAY)) == ["ID_FORMAT"]
    assert not idnumbers.check(id_type, typed, today=TODAY).ok


def test_a_strange_passport_only_warns():
    assert idnumbers.check("03", "护照1", today=TODAY).ok
    assert codes(idnumbers.check("03", "EI2345678", today=TODAY)) == ["ID_FORMAT"]


def test_a_permanent_residence_card_tells_birth_but_no_sex():
    number = number_for(date(1985, 5, 6), 123, "911840")
    result = idnumbers.check("P1", number, today=TODAY, sex="F")
    assert (result.birth_date, result.sex, result.problems) == (date(1985, 5, 6), None, ())


def test_an_unknown_type_is_a_programming_error():
    with pytest.raises(KeyError):
        idnumbers.check("XX", GOOD, today=TODAY)


@pytest.mark.parametrize(
    "raw",
    [
        1.50622199001011e17,
        150622199001011000,
        "1.50622E+17",
        "1.50622199001011e+17",
        "150622199001015000",
        1e300,
    ],
)
def test_numbers_ruined_by_a_spreadsheet_are_recognised(raw):
    assert idnumbers.damaged(raw).code == "ID_DAMAGED"
    assert codes(idnumbers.check("01", raw, today=TODAY)) == ["ID_DAMAGED"]


@pytest.mark.parametrize("raw", [GOOD, "", None, 610104620927690, "610104620927690", 12345.0])
def test_sound_cells_are_not_called_damaged(raw):
    assert idnumbers.damaged(raw) is None


def test_a_genuine_number_ending_in_three_zeros_is_accepted_as_text_only():
    number = next(
        n
        for d in range(1, 29)
        for s in range(100, 1000, 100)
        if (n := number_for(date(1990, 1, d), s)).endswith("000")
    )
    assert idnumbers.check("01", number, today=TODAY).ok
    assert idnumbers.damaged(int(number)) is not None


def test_masks_and_families():
    assert idnumbers.mask("330782199001011234") == "330782********1234"
    assert idnumbers.mask("X320101001") == "X3******01"
    assert idnumbers.mask("123") == "***"
    assert {idnumbers.number_family(t) for t in ("01", "02", "01H")} == {"CN18"}
    assert idnumbers.number_family("03") == "03"


@given(st.dates(date(1902, 1, 1), TODAY), st.integers(0, 999))
def test_every_well_made_number_passes_and_tells_birth_and_sex(born, sequence):
    number = number_for(born, sequence)
    result = idnumbers.check("01", number, today=TODAY)
    assert (result.ok, result.birth_date, result.sex) == (True, born, "M" if sequence % 2 else "F")


@given(
    st.dates(date(1950, 1, 1), date(2020, 1, 1)), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9)
)
def test_one_wrong_digit_never_passes(born, sequence, at, shift):
    number = number_for(born, sequence)
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert not idnumbers.check("01", wrong, today=TODAY).ok


@given(
    st.sampled_from([code for code, _ in idnumbers.ID_TYPES]),
    st.one_of(st.text(), st.floats(), st.integers()),
)
def test_no_input_raises(id_type, raw):
    idnumbers.check(id_type, raw, today=TODAY)
