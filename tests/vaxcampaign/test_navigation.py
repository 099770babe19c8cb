"""The strip of pages inside a room shows what the role may open, and which page it is."""

import pytest

from vaxcampaign.navigation import groups_of, tabs_beside, tabs_for


@pytest.mark.django_db
def test_a_strip_shows_the_pages_of_the_role_and_marks_the_current_one(cast):
    shown = [(where, current) for where, _, current in tabs_for(cast.cadre01, "/residents/import/")]
    assert ("/residents/", False) in shown
    assert ("/residents/import/", True) in shown


@pytest.mark.django_db
def test_no_strip_where_the_role_has_no_choice(cast):
    assert tabs_for(cast.stock, "/residents/") == []
    assert tabs_for(cast.cadre01, "/") == []


@pytest.mark.django_db
def test_a_page_beside_the_address_of_its_tab_belongs_to_it(cast):
    def marked(path):
        return [tab.word for _, tab, current in tabs_for(cast.stock, path) if current]

    assert marked("/inventory/send/") == marked("/inventory/dispose/") == ["单据"]
    assert marked("/inventory/codes/1/") == ["追溯与召回名单"]
    assert marked("/inventory/") == marked("/inventory/3/waste/") == ["库存"]


@pytest.mark.django_db
def test_the_strip_stands_in_groups_and_shows_the_pages_of_the_current_one(cast):
    tabs = tabs_for(cast.cadre01, "/residents/lifts/")
    groups = groups_of(tabs)
    assert [word for _, word, _ in groups] == ["登记", "核对", "走访", "人群", "单位", "上报"]
    assert [word for _, word, is_current in groups if is_current] == ["走访"]
    shown = {tab.word: is_current for _, tab, is_current in tabs_beside(tabs)}
    assert shown["接送"] and not shown["走访名单"]
    assert "居民名册" not in shown
    assert dict.fromkeys(where for where, _, _ in groups).keys() <= {where for where, _, _ in tabs}
