"""What a rule says when it refuses. Services raise these; views turn them into a form error or a clear page."""


class RuleBroken(Exception):
    """A rule of the domain refuses the deed.

    ``code`` is stable (tests and translations use it), ``message`` is a plain Chinese sentence that tells the user
    why and what to do next, ``field`` names the form field it belongs to, if any.
    """

    def __init__(self, code: str, message: str, field: str | None = None):
        super().__init__(message)
        self.code, self.message, self.field = code, message, field


class Busy(RuleBroken):
    """Someone else holds the row; nothing was saved, the same deed may simply be tried again."""

    def __init__(self):
        super().__init__("BUSY", "系统正忙,请过几秒再试一次。刚才填写的内容没有丢失。")


class Gone(RuleBroken):
    """What the deed is about was deleted meanwhile: an import was taken back, and whom it had brought is gone with it."""

    def __init__(self):
        super().__init__("GONE", "这条记录刚才已被撤销或删除,没有保存。请返回后重新查找。")


class SlotFull(RuleBroken):
    """A slot has fewer free places than asked for."""


class ShortStock(RuleBroken):
    """A lot has fewer doses or vials at the site than asked for."""


class NotDue(RuleBroken):
    """The schedule does not offer this dose to this person on this day."""


class NotAllowed(RuleBroken):
    """The user's role does not include this deed (inside the user's own scope)."""

    def __init__(self, message: str = "您的岗位没有这项权限。如工作需要,请联系镇办管理员。"):
        super().__init__("NOT_ALLOWED", message)
