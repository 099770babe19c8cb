"""The catalogue lists what the role may open, and everything it lists opens."""

import pytest
from django.urls import reverse

from reports.catalogue import entries_for

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["town", "county", "cadre01", "school"])
def test_what_is_listed_opens_and_its_workbook_is_handed_out(name, client_as, cast, under_way):
    user = getattr(cast, name)
    client = client_as(user)
    page = client.get(reverse("reports:catalogue")).content.decode()
    entries = [entry for group in entries_for(user).values() for entry in group]
    assert len(entries) >= 5
    for entry in entries:
        assert f'href="{entry.address}"'.replace("&", "&amp;") in page
        assert client.get(entry.address).status_code == 200, entry.title
        if entry.file_address:
            made = client.get(entry.file_address)
            assert made.status_code == 200 and made["Content-Type"].endswith("sheet"), entry.title


def test_a_role_sees_only_its_own_reports(cast):
    def titles(user):
        return {entry.title for group in entries_for(user).values() for entry in group}

    assert "日报" in titles(cast.town) and "日报" not in titles(cast.cadre01)
    assert "学校摸底登记表" in titles(cast.school) and not {"漏斗", "老年人台账"} & titles(cast.school)
