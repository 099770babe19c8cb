"""Whether the ring of keys here opens what a backup holds. The keys themselves are never written into one."""

from collections.abc import Iterator

from django.apps import apps

from core import crypto
from core.errors import RuleBroken

_CONTEXT, _WORDS = "backup", "这份备份用的密钥"
SAMPLE = 500  # rows at either end of each table


def proof() -> dict[str, object]:
    """For the manifest: a sentence under the current key and a keyed hash of another; neither tells anything of the keys."""
    ring = crypto.key_ring()
    return {
        "inside": False,
        "note": "FIELD_ENCRYPTION_KEYS and SECRET_KEY are not in this file; keep them apart from it",
        "current": ring.current,
        "sealed": ring.encrypt(_WORDS, _CONTEXT),
        "index": ring.blind_index(_WORDS)[:16],
    }


def require(told: dict) -> None:
    """Raises RuleBroken WRONG_KEYS when the ring of this place is not that of the backup."""
    ring = crypto.key_ring()
    try:
        fits = (
            ring.decrypt(told["sealed"], _CONTEXT) == _WORDS
            and ring.blind_index(_WORDS)[:16] == told["index"]
        )
    except crypto.Undecipherable:
        fits = False
    if not fits:
        raise RuleBroken(
            "WRONG_KEYS",
            f"这里的密钥打不开这份备份(它用的是密钥 {told['current']} 和当时的索引密钥)。"
            "备份里不含密钥:请先把原来的 secrets.env(或 FIELD_ENCRYPTION_KEYS)放回来,再恢复。",
        )


def undecipherable() -> Iterator[str]:
    """Open the first and the last values of every encrypted column; yield a sentence for each column that does not open."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, crypto.EncryptedTextField):
                values = model._base_manager.order_by("pk").values_list(field.attname, flat=True)
                try:
                    list(values[:SAMPLE])
                    list(values.order_by("-pk")[:SAMPLE])
                except crypto.Undecipherable as error:
                    yield f"{model._meta.label}.{field.name}: 打不开({error})"
