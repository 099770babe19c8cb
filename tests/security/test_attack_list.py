"""The attack list, generated from the access matrix: what belongs to another township, what no form offers, what comes
from another site, who guesses. All refused, all in the security log."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.forms import ModelChoiceField
from django.forms.models import ModelChoiceIterator
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import SecurityEvent, User
from accounts.services import accounts, security_log
from clinic.services import certificates
from tests.access_matrix import ROWS
from tests.accounts.test_login import PASSWORD, _log_in
from tests.clinic.test_sealing import repacked
from tests.factories.clinic import Floor
from tests.house.test_url_guard import things  # noqa: F401
from vaxcampaign import urls

pytestmark = pytest.mark.django_db
# Nothing of one township: of the whole county, of the installation, or nobody's.
_SHARED = {"", "job", "card", "sheet_kind", "campaign_group", "account"}


@pytest.fixture
def log(monkeypatch):
    """``log()``: (kind, page) of what was refused since the last call. Pages of refusals are left out, for speed."""
    cache.clear()
    monkeypatch.setattr(security_log, "MOST", 10**6)
    for status in (403, 404):
        monkeypatch.setattr(
            urls, f"handler{status}", lambda request, exception, s=status: HttpResponse(status=s)
        )

    def read() -> set[tuple[str, str]]:
        found = set(SecurityEvent.objects.values_list("kind", "page"))
        SecurityEvent.objects.all().delete()
        return found

    return read


def test_ids_of_another_township_on_every_address(things, cast, client_as, log):  # noqa: F811
    """An office and a cadre of the neighbouring township ask for one of each of ours, to read and to write."""
    tried = 0
    for role in ("othertown", "othercadre"):
        client = client_as(getattr(cast, role))
        for name, row in ROWS.items():
            if row.made in _SHARED or role in row.may.split() and role not in row.hidden.split():
                continue
            address = reverse(name, args=things[row.made])
            for method in ("get", "post"):
                status = getattr(client, method)(address).status_code
                assert status in (403, 404, 405), (role, method, name, status)
                tried += status != 405
                told = {page for kind, page in log() if kind in ("outside", "not_allowed")}
                assert status == 405 or told == {name}, (role, method, name)
    assert tried > 500


def _choices(response) -> dict[str, tuple[str, ModelChoiceField]]:
    """Field → (name in the form, field) of those that let one choose a row."""
    form = response.context.get("form") if response.context else None
    fields = getattr(form, "fields", {}).items()
    rows = [(name, f) for name, f in fields if isinstance(getattr(f, "choices", None), ModelChoiceIterator)]
    return {name: (f"{form.prefix}-{name}" if form.prefix else name, field) for name, field in rows}


def _theirs(field: ModelChoiceField) -> list[str]:
    """A row of the field's model that is not offered; [] when all are."""
    offered = field.queryset.order_by().values("pk")
    found = field.queryset.model._default_manager.exclude(pk__in=offered).first()
    return [field.prepare_value(found)] if found else []


def test_ids_of_another_township_in_every_choice_of_every_form(
    things,  # noqa: F811
    cast,
    client_as,
    log,
    other_site,
):
    """Whatever row a form lets one choose: one that it does not offer is refused, and told."""
    tried, open_doors, seen = set(), [], set()
    for role in ("cadre01", "town", "stock", "registrar"):
        client = client_as(getattr(cast, role))
        mine = [
            (n, r) for n, r in ROWS.items() if r.method == "get" and role in r.may.split() and n not in seen
        ]
        for name, row in mine:
            seen.add(name)
            address = reverse(name, args=things[row.made])
            choices = _choices(client.get(address))
            forged = {key: value for key, field in choices.values() for value in _theirs(field)}
            if not forged:
                continue
            log()
            answer = client.post(address, forged)
            if answer.status_code == 405:  # a form that narrows a list; what it shows is scoped
                continue
            form = answer.context.get("form") if answer.context else None
            refused = {key for n, (key, _) in choices.items() if form is not None and form.errors.get(n)}
            tried |= {(name, key) for key in forged}
            if (
                answer.status_code not in (403, 404, 422)
                or refused & set(forged)
                and ("forged", name) not in log()
            ):
                open_doors.append((role, name, answer.status_code, forged))
    assert open_doors == []
    assert len(tried) > 15


def _views(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry.callback
        else:
            yield from _views(entry)


def test_every_post_needs_its_token(cast, log):
    assert not [view for view in _views(get_resolver()) if getattr(view, "csrf_exempt", False)]
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.town)
    assert client.post(reverse("accounts:add"), {}).status_code == 403
    assert log() == {("stale", "accounts:add")}
    for cookie in ("sessionid", "csrftoken"):
        assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax", cookie


def test_what_no_form_asks_for_is_not_taken(cast, client_as, town, today):
    """Mass assignment: columns that nobody types, sent along."""
    extra = {
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "on",
        "must_change_password": "",
        "password": "Vax-Test-2026",
        "session_mark": "x",
        "id": cast.sysadmin.pk,
        "pk": cast.sysadmin.pk,
        "state": "in_force",
        "decided_by": cast.secadmin.pk,
        "user": cast.sysadmin.pk,
    }
    form = {"username": "neu", "display_name": "新人", "role": "cadre", "since": today.isoformat()}
    form |= {"where": f"place:{town.village.pk}"}
    answer = client_as(cast.town).post(reverse("accounts:add"), form | extra)
    made = User.objects.get(username="neu")
    assert answer.context["account"] == made
    assert (made.is_superuser, made.is_staff, made.must_change_password, made.session_mark) == (
        False,
        False,
        True,
        "",
    )
    assert not made.check_password("Vax-Test-2026")
    assert User.objects.get(pk=cast.sysadmin.pk).username == "sysadmin"


def test_guessing_passwords_and_names(cast, log, settings):
    settings.AXES_ENABLED = True
    settings.LOG_INS_PER_MINUTE = 8
    client = Client()
    for _ in range(5):
        last = _log_in(client, "cadre01", "wrong")
    assert last.status_code == 429
    assert log() >= {("wrong", "login"), ("locked", "login")}
    answers = [_log_in(client, f"name{n}", "Hezuo-Yimiao-9").status_code for n in range(4)]
    assert answers == [200, 200, 200, 429]  # nine from one address
    told = SecurityEvent.objects.filter(kind="wrong")
    assert told.count() == 3 and not told.filter(user__isnull=False).exists()
    assert ("too_often", "login") in log()
    cache.clear()
    accounts.unlock(actor=cast.town, user=cast.cadre01)
    assert _log_in(client, "cadre01", PASSWORD).status_code == 302


def test_a_forged_code_is_unmasked_and_asking_without_end_is_stopped(
    town, campaign, site, cast, log, settings
):
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)
    text = _certificate(floor)
    client, page = Client(), reverse("verify:check")
    assert client.post(page, {"text": text}).context["finding"].code == "VALID"
    assert log() == set()
    forged = repacked(text, lambda parts: [*parts[:3], parts[3][::-1]])
    assert client.post(page, {"text": forged}).context["finding"].code == "FORGED"
    assert log() == {("false_code", "verify:check")}
    settings.VERIFIES_PER_MINUTE = 3
    answers = [client.post(page, {"text": text}).status_code for _ in range(2)]
    assert answers == [200, 429]
    assert log() == {("too_often", "verify:check")}


def _certificate(floor) -> str:
    visit = floor.observed()
    return certificates.issue(
        resident=visit.enrolment.resident,
        campaign=floor.campaign,
        actor=floor.cast.vaccinator,
        key=uuid4(),
        now=floor.now,
    ).text


def test_a_used_key_with_other_content_is_told(cast, client_as, site, campaign, today, log):
    on, key = today + timedelta(days=2), str(uuid4())
    form = {
        "site": site.pk,
        "on": on,
        "kind": "open",
        "stations": 1,
        "per_hour": 10,
        "minutes": 30,
        "key": key,
    }
    form |= {"morning_from": "08:30", "morning_to": "10:00"}
    client, page = client_as(cast.town), reverse("appointments:add")
    assert [client.post(page, form).status_code for _ in range(2)] == [302, 302]
    assert log() == set()
    assert client.post(page, form | {"on": on + timedelta(days=1)}).status_code == 422
    assert log() == {("repeated", "appointments:add")}
