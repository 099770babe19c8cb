"""安心便签: granted and revoked as the rosters and the doses say; nobody grants one by hand."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Count, F, FilteredRelation, Q

from campaigns.models import Campaign
from core import audit
from core.locks import deed
from places.choices import OrganisationKind
from places.models import Organisation
from residents.choices import EnrolmentStatus
from residents.models import RosterEntry, Sticker
from residents.stickers import Staff, verdict

DISEASE = "COVID"
_CHUNK = 500


def staff_of(organisations: Iterable[Organisation]) -> dict[int, tuple[Campaign | None, Staff]]:
    """The campaign whose doses count, and the staff in numbers, by organisation id (read with ``place``)."""
    found: dict[int, tuple[Campaign | None, Staff]] = {}
    by_campaign = defaultdict(list)
    running = list(Campaign.objects.running().filter(disease=DISEASE).select_related("place"))
    running.sort(key=lambda c: (c.starts_on, c.pk), reverse=True)
    for organisation in organisations:
        code = organisation.place.code
        mine = next((c for c in running if code.startswith(c.place.prefix)), None)
        by_campaign[mine].append(organisation.pk)
        found[organisation.pk] = mine, Staff()
    for campaign, ids in by_campaign.items():
        found |= {pk: (campaign, staff) for pk, staff in _numbers(ids, campaign).items()}
    return found


_FREED = (EnrolmentStatus.CONTRA, EnrolmentStatus.INELIGIBLE)
_OPEN = Q(mine__primary_complete_on__isnull=True)
# Whom each number of ``Staff`` counts, of entries with ``mine``, the enrolment in the campaign whose doses count.
STAFF_OF = {
    "people": Q(),
    "done": ~_OPEN,
    "excused": _OPEN & Q(mine__status__in=_FREED),
    "missing": _OPEN & (Q(mine__status__isnull=True) | ~Q(mine__status__in=_FREED)),
}


def _numbers(ids: list[int], campaign: Campaign | None) -> dict[int, Staff]:
    rows = RosterEntry.objects.current().filter(organisation__in=ids).order_by()
    if campaign is None:
        people = rows.values("organisation").annotate(people=Count("pk"))
        return {row["organisation"]: Staff(people=row["people"]) for row in people}
    condition = Q(resident__enrolments__campaign=campaign)
    rows = rows.annotate(mine=FilteredRelation("resident__enrolments", condition=condition))
    counts = rows.values("organisation").annotate(
        people=Count("pk"),
        done=Count("pk", STAFF_OF["done"]),
        excused=Count("pk", STAFF_OF["excused"]),
        unchecked=Count("pk", Q(confirmed_at__isnull=True)),
    )
    return {row.pop("organisation"): Staff(**row) for row in counts}


def why_not(sticker: Sticker) -> str:
    """ "" when the shop of ``sticker`` may show it today, else why not (asks the roster again; reads only)."""
    if sticker.revoked_on:
        return sticker.reason
    campaign, staff = staff_of([sticker.organisation])[sticker.organisation_id]
    return verdict(staff, shown=True) if campaign else ""


@deed()
def refresh(organisation_ids: Iterable[int], *, today: date) -> int:
    """Grant or revoke as the rosters of these shops say today; others of the ids are left out. Returns how many changed.

    While no campaign runs nothing changes: what was right when it ended stays on the door.
    """
    ids = set(organisation_ids)
    if not ids:
        return 0
    shops = Organisation.objects.filter(pk__in=ids, kind=OrganisationKind.SHOP).select_related("place")
    shops = {shop.pk: shop for shop in shops}
    if not shops:
        return 0
    shown = {s.organisation_id: s for s in Sticker.objects.filter(organisation__in=shops, revoked_on=None)}
    changed = 0
    for pk, (campaign, staff) in staff_of(shops.values()).items():
        if campaign is None:
            continue
        why = verdict(staff, shown=pk in shown) if shops[pk].is_active else "商户已停用"
        if why and pk in shown:
            changed += _revoke(shown[pk], shops[pk], why, today)
        elif not why and pk not in shown:
            changed += _grant(shops[pk], campaign, staff, today)
    return changed


def follow(resident_ids: Iterable[int], *, today: date) -> int:
    """Doses or holds of these people changed: look at the stickers of the shops where they work (one query, mostly)."""
    shops = RosterEntry.objects.filter(
        resident__in=list(resident_ids), until__isnull=True, organisation__kind=OrganisationKind.SHOP
    )
    ids = set(shops.order_by().values_list("organisation", flat=True))
    return refresh(ids, today=today) if ids else 0


def refresh_all(*, today: date) -> int:
    """Every shop, in small transactions: birthdays and ended holds move what is due without any deed."""
    ids = list(
        Organisation.objects.filter(kind=OrganisationKind.SHOP).order_by("pk").values_list("pk", flat=True)
    )
    return sum(refresh(ids[start : start + _CHUNK], today=today) for start in range(0, len(ids), _CHUNK))


def counts(organisations) -> list[dict]:
    """Shops and stickers shown today, per village and type: {place_code, place, shop_type, shops, shown}.

    ``organisations`` is a query of Organisation (a scope); for the page and for reports.
    """
    shops = organisations.filter(kind=OrganisationKind.SHOP, is_active=True).order_by()
    rows = shops.values("shop_type", place_code=F("place__code"), place_name=F("place__name")).annotate(
        shops=Count("pk", distinct=True),
        shown=Count("stickers", Q(stickers__revoked_on__isnull=True), distinct=True),
    )
    return sorted(rows, key=lambda row: (row["place_code"], row["shop_type"]))


def _grant(shop: Organisation, campaign: Campaign, staff: Staff, today: date) -> int:
    row = Sticker(
        organisation=shop, campaign=campaign, granted_on=today, staff=staff.people, excused=staff.excused
    )
    # Two deeds at once may come to the same end: the second finds it done.
    Sticker.objects.bulk_create([row], ignore_conflicts=True)
    row = Sticker.objects.get(organisation=shop, revoked_on=None)
    data = {"staff": staff.people, "excused": staff.excused}
    audit.record("sticker.granted", actor=None, target=row, place_code=shop.place.code, data=data)
    return 1


def _revoke(row: Sticker, shop: Organisation, why: str, today: date) -> int:
    if not Sticker.objects.filter(pk=row.pk, revoked_on=None).update(revoked_on=today, reason=why[:120]):
        return 0
    audit.record("sticker.revoked", actor=None, target=row, place_code=shop.place.code, data={"reason": why})
    return 1
