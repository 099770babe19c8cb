"""The strip of pages inside a room shows what the role may open, and which page it is."""

import pytest

from vaxcampaign.navigation import tabs_for


@pytest.mark.django_db
def test_a_strip_shows_the_pages_of_the_role_and_marks_the_current_one(cast):
    shown = [(where, current) for where, _, current in tabs_for(cast.cadre01, "/residents/import/")]
    assert ("/residents/", False) in shown
    assert ("/residents/import/", True) in shown


@pytest.mark.django_db
def test_no_strip_where_the_role_has_no_choice(cast):
    assert tabs_for(cast.stock, "/residents/") == []
    assert tabs_for(cast.cadre01, "/") == []
