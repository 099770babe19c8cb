"""The list of tags and needs: the general words, and the words that a township adds for itself."""

from accounts.models import User
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from places.models import Place
from residents.choices import TagKind
from residents.models import Tag

# As the installation puts them there (migration 0006); code → kind, word.
PARTY, OFFICIAL = "party", "official"
DEFAULTS = {
    PARTY: (TagKind.TAG, "党员"),
    OFFICIAL: (TagKind.TAG, "村两委"),
    "alone": (TagKind.TAG, "独居老人"),
    "lowincome": (TagKind.TAG, "低保"),
    "disabled": (TagKind.TAG, "残疾"),
    "leftbehind": (TagKind.TAG, "留守儿童"),
    "sight": (TagKind.NEED, "视力"),
    "hearing": (TagKind.NEED, "听力"),
    "mobility": (TagKind.NEED, "行动不便(轮椅)"),
    "onearm": (TagKind.NEED, "独臂"),
    "language": (TagKind.NEED, "语言不通"),
    "faints": (TagKind.NEED, "晕针"),
    "company": (TagKind.NEED, "需要陪护"),
}


@deed()
def load_default_tags() -> int:
    """Put back the general words that are missing; returns how many."""
    known = set(Tag.objects.filter(code__in=DEFAULTS).values_list("code", flat=True))
    rows = [
        Tag(code=code, kind=kind, name=name) for code, (kind, name) in DEFAULTS.items() if code not in known
    ]
    Tag.objects.bulk_create(rows)
    return len(rows)


@deed()
def add_tag(*, actor: User, place: Place, kind: str, name: str) -> Tag:
    """A new word for the people of ``place``. Raises NotAllowed, RuleBroken: TAG_NAME, TAG_TWICE."""
    _may_manage(actor, place)
    name = _checked(name, kind, place)
    number = Tag.objects.filter(place=place).count() + 1
    row = Tag.objects.create(kind=kind, code=f"{place.prefix}-{number}", name=name, place=place)
    audit.record("tag.added", actor=actor, target=row, place_code=place.code, data={"name": name})
    return row


@deed()
def rename_tag(*, actor: User, tag: Tag, name: str) -> None:
    """Give an own word another name; the people keep it. Raises NotAllowed, RuleBroken: TAG_NAME, TAG_TWICE."""
    _may_manage(actor, tag.place)
    old, tag.name = tag.name, _checked(name, tag.kind, tag.place, besides=tag)
    tag.save(update_fields=["name"])
    changes = {"name": [old, tag.name]}
    audit.record("tag.edited", actor=actor, target=tag, place_code=tag.place.code, data={"changes": changes})


@deed()
def switch_tag(*, actor: User, tag: Tag, is_active: bool) -> None:
    """Close an own word (nobody new gets it, who has it keeps it) or take it up again. Raises NotAllowed."""
    _may_manage(actor, tag.place)
    if Tag.objects.filter(pk=tag.pk, is_active=not is_active).update(is_active=is_active):
        word = "tag.restored" if is_active else "tag.closed"
        audit.record(word, actor=actor, target=tag, place_code=tag.place.code, data={"name": tag.name})


def _may_manage(actor: User, place: Place | None) -> None:
    if place is None or not actor.scope("tags.manage").covers(place.code):
        raise NotAllowed("通用的标签由系统提供,不能修改;您可以为本乡镇增加、修改自己的标签。")


def _checked(name: str, kind: str, place: Place, besides: Tag | None = None) -> str:
    name = name.strip()
    if not name or any(sign in name for sign in "、,;,;/ "):
        raise RuleBroken("TAG_NAME", "请填写名称,名称里不要用顿号、逗号、空格。", "name")
    others = Tag.objects.filter(kind=kind, name=name).exclude(pk=besides.pk if besides else None)
    if others.filter(place=None).exists() or others.filter(place=place).exists():
        raise RuleBroken("TAG_TWICE", f"已经有“{name}”这个标签,请换一个名称。", "name")
    return name
