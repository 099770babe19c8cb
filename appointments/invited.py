"""What sessions offer and whom they are for, of many sessions in one query; all of it is said when a session is planned."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast

from appointments.models import ClinicSession
from campaigns.models import Campaign
from core.kept import Hole, Kept
from places.choices import PREFIX_DIGITS


@dataclass(slots=True)
class Invitation:
    """``products`` are codes, those of the campaign unless the session names its own. ``villages`` (code prefixes) and
    ``hosts`` (ids of schools and employers): everybody when there is none of both."""

    products: set[str] = field(default_factory=set)
    villages: set[str] = field(default_factory=set)
    hosts: set[int] = field(default_factory=set)

    def reaches(self, village: str, hosts: Iterable[int] = ()) -> bool:
        """Somebody of ``village`` may come, or of one of the schools and employers ``hosts``."""
        for_all = not self.villages and not self.hosts
        return for_all or village.startswith(tuple(self.villages)) or not self.hosts.isdisjoint(hosts)


_SAID = Kept(
    lambda: (
        ClinicSession.objects.filter(pk=Hole("pk"))
        .only("pk")
        .annotate(
            **{
                f"has_{name}": Exists(
                    getattr(ClinicSession, name).through.objects.filter(clinicsession=OuterRef("pk"))
                )
                for name in ("products", "audience", "hosts")
            }
        )
    )
)


def _codes(relation, owner: str) -> Kept:
    rows = relation.through.objects.select_related("vaccine").only("vaccine__code")
    return Kept(lambda: rows.filter(**{owner: Hole("pk")}))


_NAMED, _OF_CAMPAIGN = _codes(ClinicSession.products, "clinicsession"), _codes(Campaign.products, "campaign")


def invitation(session: ClinicSession) -> Invitation:
    """As ``invitations``, of one session, for whoever books into it: two questions, both kept, when it is for everybody."""
    said = _SAID.first(pk=session.pk)
    links = _NAMED(pk=session.pk) if said.has_products else _OF_CAMPAIGN(pk=session.campaign_id)
    return Invitation(
        products={link.vaccine.code for link in links},
        villages={place.prefix for place in session.audience.all()} if said.has_audience else set(),
        hosts=set(session.hosts.values_list("pk", flat=True)) if said.has_hosts else set(),
    )


def invitations(session_ids: Iterable[int]) -> dict[int, Invitation]:
    """The invitation of each of these sessions."""
    found = {pk: Invitation() for pk in session_ids}
    products = _links(ClinicSession.products, "vaccine__code", found)
    unnamed = ClinicSession.objects.filter(
        pk__in=list(found), products=None, campaign__products__isnull=False
    )
    of_campaign = unnamed.order_by().values_list(
        "pk", _PRODUCTS, Cast("campaign__products__code", CharField()), _NOTHING
    )
    villages = _links(ClinicSession.audience, "place__code", found, "place__level")
    hosts = _links(ClinicSession.hosts, "organisation_id", found)
    for pk, kind, value, level in products.union(of_campaign, villages, hosts, all=True):
        if kind == "products":
            found[pk].products.add(value)
        elif kind == "hosts":
            found[pk].hosts.add(int(value))
        else:
            found[pk].villages.add(value[: PREFIX_DIGITS.get(level, len(value))])
    return found


_PRODUCTS, _NOTHING = Value("products", CharField()), Value("", CharField())


def _links(relation, column: str, session_ids: Iterable[int], level: str = ""):
    """(session, name of ``relation``, ``column``, ``level``) of what hangs on these sessions."""
    rows = relation.through.objects.filter(clinicsession__in=list(session_ids))
    return rows.values_list(
        "clinicsession_id",
        Value(relation.field.name, CharField()),
        Cast(column, CharField()),
        Cast(F(level), CharField()) if level else _NOTHING,
    )
