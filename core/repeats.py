"""The form's key makes a deed happen once. A key that comes back must bring the same deed."""

from collections.abc import Callable

from django.db import IntegrityError

from core.errors import RuleBroken


def same(row, **content):
    """``row``, the first row of a key, when a repeat of the key means the same: ``content`` are its columns.

    Raises RuleBroken KEY_USED otherwise: a page reached by "back" and filled in for the next person, or another
    user's key. Answering with the first row would say "saved" of somebody who is not.
    """
    if any(getattr(row, name) != value for name, value in content.items()):
        raise key_used()
    return row


def key_used() -> RuleBroken:
    """The refusal of a key that comes back with something else."""
    return RuleBroken("KEY_USED", "这一页刚才已经提交过,先前的一笔已经保存。请重新打开页面,再登记另一笔。")


def again(deed: Callable):
    """What ``deed()`` returns. Of two who save the same at the same moment the database takes one; the other looks again
    and then finds what the first has saved: a double click is answered like a single one, and a rule by its sentence.

    Raises IntegrityError when that does not help.
    """
    try:
        return deed()
    except IntegrityError:
        return deed()
