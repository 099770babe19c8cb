"""Addresses that a page writes many times: looked up once, then put together."""

from functools import lru_cache
from uuid import UUID

from django.urls import NoReverseMatch, get_script_prefix, reverse

_SOME = UUID(int=0)


def address_of(name: str, uid: UUID) -> str:
    """As ``reverse(name, args=[uid])``, for an address with one UUID and nothing else in it."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{uid}{after}"


@lru_cache(maxsize=256)
def _around(name: str, script_prefix: str) -> tuple[str, str]:
    before, after = reverse(name, args=[_SOME]).split(str(_SOME))
    return before, after


def address(name: str) -> str:
    """The address of a page without parameters; "" when there is no such page."""
    return _plain(name, get_script_prefix())


@lru_cache(maxsize=1024)
def _plain(name: str, script_prefix: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
