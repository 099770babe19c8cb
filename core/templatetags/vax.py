"""Filters and tags every page uses: figures, dates, masked personal data, status tags, icons.

``status_tag``, ``icon_html`` and the filters are plain functions too, for columns of django-tables2.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django import template
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core import dates, idnumbers, names, phones

register = template.Library()

NOTHING = "—"
# kind → icon; the word is always there too, so that colour alone never carries the meaning.
STATUS_ICONS = {
    "done": "check-circle-fill",
    "due": "clock",
    "hold": "pause-circle",
    "stop": "x-octagon",
    "plain": "",
}


@register.filter
def number(value) -> str:
    """11,100; an absent value is a dash."""
    return NOTHING if value is None or value == "" else f"{value:,}"


@register.filter
def percent(num, den=None) -> str:
    """``{{ given|percent:target }}`` → 98.6%; also of a pair, or of a ready fraction. Of nothing: a dash.

    Rounded half up in decimal, and never clamped: more than the target is shown as more than 100%.
    """
    if isinstance(num, tuple | list):
        num, den = num
    elif den is None:
        den = 1
    if num is None or not den:
        return NOTHING
    share = Decimal(str(num)) * 100 / Decimal(str(den))
    return f"{share.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP):,}%"


@register.filter
def date_zh(value) -> str:
    """11月21日 周六; with the year in front where it is not the present one."""
    if not value:
        return NOTHING
    day = _local(value).date() if isinstance(value, datetime) else value
    year = "" if day.year == timezone.localdate().year else f"{day.year}年"
    return year + dates.day_zh(day)


@register.filter
def datetime_zh(value: datetime | None) -> str:
    """11月21日 周六 14:05, in township time."""
    return f"{date_zh(value)} {_local(value):%H:%M}" if value else NOTHING


@register.filter
def iso_date(value: date | None) -> str:
    """2026-11-21, or a dash."""
    return value.strftime("%Y-%m-%d") if value else NOTHING


@register.filter
def age_on(birth: date | None, on: date) -> int | str:
    """Completed years on a day: ``{{ resident.birth_date|age_on:session.on }}``."""
    return dates.age_on(birth, on) if birth else NOTHING


@register.filter
def mask_id(value) -> str:
    """330782********1234."""
    return idnumbers.mask(str(value)) if value else NOTHING


@register.filter
def mask_phone(value) -> str:
    """138****1234."""
    return phones.mask(str(value)) if value else NOTHING


@register.filter
def mask_name(value) -> str:
    """张**."""
    return names.mask_name(str(value)) if value else NOTHING


@register.filter("status_tag")
def status_tag(pair, word: str | None = None) -> SafeString:
    """A tag from a (kind, word) pair: ``{{ enrolment.status_pair|status_tag }}`` or ``"due"|status_tag:"待接种"``.

    Kinds: done, due, hold, stop, plain. An unknown kind raises KeyError: a typo must not look like "plain".
    """
    kind, word = (pair, word) if word is not None else pair
    # Safe: the beginning is our own, and the word is escaped.
    return mark_safe(f"{_tag_begins(kind)}{conditional_escape(word)}</span>")  # noqa: S308


@lru_cache(maxsize=16)
def _tag_begins(kind: str) -> SafeString:
    name = STATUS_ICONS[kind]
    return format_html('<span class="tag tag-{}">{}', kind, icon_html(name, height=13) if name else "")


@register.simple_tag
def icon(name: str, label: str = "", height: int = 16) -> SafeString:
    """``{% icon "printer" %}`` beside a word, ``{% icon "printer" "打印" %}`` where there is no word."""
    return icon_html(name, label=label, height=height)


def icon_html(name: str, *, label: str = "", height: int = 16) -> SafeString:
    """An inline svg by its Bootstrap name, or our own; silent for screen readers unless it has a label."""
    if label:
        access = format_html('<svg role="img" aria-label="{}" focusable="false"', label)
    else:
        access = '<svg aria-hidden="true" focusable="false"'
    # Safe: the svg files are our own or pinned, and the label was escaped above.
    return mark_safe(_svg(name, height).replace("<svg", access, 1))  # noqa: S308


@lru_cache(maxsize=512)
def _svg(name: str, height: int) -> str:
    # Cached: a list of fifty rows shows fifty tags, and each is a template otherwise.
    for folder in ("core/icons", "bs_icon"):
        try:
            return get_template(f"{folder}/{name}.svg").render({"height": height}).strip()
        except TemplateDoesNotExist:
            continue
    raise TemplateDoesNotExist(f"no icon named {name!r}")


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
