"""Schools, enterprises, building sites, shops, care homes and units: adding, changing and closing them."""

from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from places.models import Organisation, Place

FIELDS = (
    "name",
    "kind",
    "shop_type",
    "parent",
    "starts_on",
    "ends_on",
    "address",
    "contact_name",
    "contact_phone",
)


def _may(actor, place: Place) -> None:
    """``actor`` None is the installation itself. Raises NotAllowed outside the actor's places."""
    if actor is not None and not actor.scope("places.manage").covers(place.code):
        raise NotAllowed(f"您只能管理本辖区的单位;{place}不在您的辖区内。")


def _refuse_twin(place: Place, name: str, but: int | None = None) -> None:
    if Organisation.objects.filter(place=place, name=name).exclude(pk=but).exists():
        raise RuleBroken(
            "ORGANISATION_TWICE", f"{place}已有同名的单位“{name}”,请换一个名称或去修改它。", "name"
        )


def _refuse_ring(organisation: Organisation | None, parent: Organisation | None) -> None:
    """A unit answers for its branches, not for the branches of these: one step only."""
    if parent is None:
        return
    if parent.parent_id or (
        organisation and (parent.pk == organisation.pk or organisation.branches.exists())
    ):
        raise RuleBroken(
            "PARENT", f"{parent}不能作主管单位:主管单位自己不能再归别的单位管,也不能是它自己。", "parent"
        )


@deed()
def add_organisation(*, actor, place: Place, name: str, kind: str, **more) -> Organisation:
    """Add an organisation at a village or town; ``more`` are other columns of ``FIELDS``.

    Raises NotAllowed, RuleBroken("ORGANISATION_TWICE", "PARENT").
    """
    alone("organisations")
    _may(actor, place)
    _refuse_twin(place, name)
    _refuse_ring(None, more.get("parent"))
    organisation = Organisation.objects.create(place=place, name=name, kind=kind, **more)
    audit.record(
        "organisation.added", actor=actor, target=organisation, place_code=place.code, data={"name": name}
    )
    return organisation


@deed()
def change_organisation(*, actor, organisation: Organisation, **values) -> Organisation:
    """Write the given ``FIELDS``; the audit row tells which changed.

    Raises NotAllowed, RuleBroken("ORGANISATION_TWICE", "PARENT").
    """
    place = organisation.place
    _may(actor, place)
    _refuse_twin(place, values.get("name", organisation.name), but=organisation.pk)
    _refuse_ring(organisation, values.get("parent"))
    changed = [key for key in FIELDS if key in values and getattr(organisation, key) != values[key]]
    if not changed:
        return organisation
    for key in changed:
        setattr(organisation, key, values[key])
    organisation.save(update_fields=changed)
    # Names of columns only: the contact is a person.
    audit.record(
        "organisation.edited",
        actor=actor,
        target=organisation,
        place_code=place.code,
        data={"changed": changed},
    )
    return organisation


@deed()
def close_organisation(*, actor, organisation: Organisation, reason: str) -> None:
    """Out of the choice for people and accounts; its people stay registered. Raises NotAllowed, RuleBroken("ORGANISATION_CLOSED")."""
    _may(actor, organisation.place)
    if not Organisation.objects.filter(pk=organisation.pk, is_active=True).update(is_active=False):
        raise RuleBroken("ORGANISATION_CLOSED", "这个单位已经停用。")
    organisation.is_active = False
    audit.record(
        "organisation.closed",
        actor=actor,
        target=organisation,
        place_code=organisation.place.code,
        data={"reason": reason},
    )


@deed()
def reopen_organisation(*, actor, organisation: Organisation) -> None:
    """Use a closed organisation again; one that is open stays as it is. Raises NotAllowed."""
    _may(actor, organisation.place)
    if Organisation.objects.filter(pk=organisation.pk, is_active=False).update(is_active=True):
        organisation.is_active = True
        audit.record(
            "organisation.restored",
            actor=actor,
            target=organisation,
            place_code=organisation.place.code,
        )
