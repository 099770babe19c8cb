"""Opening, changing and closing vaccination sites and vaccine stores."""

from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from places.choices import CodeScan, SiteKind
from places.models import Place, Site

FIELDS = ("name", "kind", "address", "phone", "opening", "code_scan")


def _may(actor, place: Place) -> None:
    """``actor`` None is the installation itself. Raises NotAllowed outside the actor's places."""
    if actor is not None and not actor.scope("places.manage").covers(place.code):
        raise NotAllowed(f"您只能管理本辖区的接种点;{place}不在您的辖区内。")


def _new_code(place: Place) -> str:
    """The next free code of a place: its digits and a running number. A code is never given twice."""
    taken = set(Site.objects.filter(code__startswith=f"{place.prefix}-").values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 2) if (code := f"{place.prefix}-{n:02d}") not in taken)


def _refuse_twin(place: Place, name: str, but: int | None = None) -> None:
    if Site.objects.filter(place=place, name=name).exclude(pk=but).exists():
        raise RuleBroken("SITE_TWICE", f"{place}已有同名的接种点“{name}”,请换一个名称或去修改它。", "name")


@deed()
def open_site(
    *,
    actor,
    place: Place,
    name: str,
    kind: str = SiteKind.FIXED,
    address: str = "",
    phone: str = "",
    opening: str = "",
    code_scan: str = CodeScan.OFFERED,
) -> Site:
    """Open a site at ``place`` and publish it (every active site but a store is on the public list, S54).

    Raises NotAllowed outside the actor's places, RuleBroken("SITE_TWICE").
    """
    alone("sites")
    _may(actor, place)
    _refuse_twin(place, name)
    site = Site.objects.create(
        code=_new_code(place),
        place=place,
        name=name,
        kind=kind,
        address=address,
        phone=phone,
        opening=opening,
        code_scan=code_scan,
    )
    audit.record("site.opened", actor=actor, target=site, place_code=place.code, data={"name": name})
    return site


@deed()
def change_site(*, actor, site: Site, **values: str) -> Site:
    """Write the given ``FIELDS``; the audit row tells old and new. Without a change nothing is written.

    The place stays: stock and sessions of the past belong to it. Raises NotAllowed, RuleBroken("SITE_TWICE").
    """
    _may(actor, site.place)
    _refuse_twin(site.place, values.get("name", site.name), but=site.pk)
    changes = {key: [getattr(site, key), values[key]] for key in FIELDS if key in values}
    changes = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return site
    for key, (_, new) in changes.items():
        setattr(site, key, new)
    site.save(update_fields=list(changes))
    audit.record(
        "site.edited", actor=actor, target=site, place_code=site.place.code, data={"changes": changes}
    )
    return site


@deed()
def close_site(*, actor, site: Site, reason: str) -> None:
    """Take a site off the public list and out of the choice for new sessions and accounts; its history stays.

    Raises NotAllowed, RuleBroken("SITE_CLOSED").
    """
    _may(actor, site.place)
    if not Site.objects.filter(pk=site.pk, is_active=True).update(is_active=False):
        raise RuleBroken("SITE_CLOSED", "这个接种点已经停用。")
    site.is_active = False
    audit.record("site.closed", actor=actor, target=site, place_code=site.place.code, data={"reason": reason})


@deed()
def reopen_site(*, actor, site: Site) -> None:
    """Use a closed site again; one that is open stays as it is. Raises NotAllowed."""
    _may(actor, site.place)
    if Site.objects.filter(pk=site.pk, is_active=False).update(is_active=True):
        site.is_active = True
        audit.record("site.restored", actor=actor, target=site, place_code=site.place.code)
