"""What kind of refusal an answer is, for the security log. Ordinary slips of the pen are none."""

from accounts.choices import SecurityKind

_BY_STATUS = {
    400: SecurityKind.FORGED,
    413: SecurityKind.TOO_LARGE,
    429: SecurityKind.TOO_OFTEN,
}
# Codes of rules and of form fields that no honest page runs into, except by chance.
_BY_CODE = {
    "invalid_choice": SecurityKind.FORGED,
    "invalid_list": SecurityKind.FORGED,
    "invalid_pk_value": SecurityKind.FORGED,
    "FORGED": SecurityKind.FORGED,
    "KEY_USED": SecurityKind.REPEATED,
    "MACROS": SecurityKind.HOSTILE_FILE,
    "ZIP_BOMB": SecurityKind.HOSTILE_FILE,
    "UNREADABLE": SecurityKind.HOSTILE_FILE,
    "ENCODING": SecurityKind.HOSTILE_FILE,
    "NOT_A_SHEET": SecurityKind.HOSTILE_FILE,
    "TOO_WIDE": SecurityKind.HOSTILE_FILE,
    "TOO_MERGED": SecurityKind.HOSTILE_FILE,
    "FILE": SecurityKind.HOSTILE_FILE,
    "FILE_KIND": SecurityKind.HOSTILE_FILE,
    "FILE_SIZE": SecurityKind.TOO_LARGE,
    "TOO_LARGE": SecurityKind.TOO_LARGE,
}


def kind_of(code: str) -> SecurityKind | None:
    """What a rule's or field's ``code`` means for the security log; None for an ordinary slip."""
    return _BY_CODE.get(code)


def refusal(request, response, user) -> tuple[SecurityKind, str] | None:
    """(kind, code) of a refusing ``response``; None when nothing but a slip was refused.

    A page that does not exist says nothing to a stranger and is logged for users only, where the address was a real one.
    """
    status, codes = response.status_code, _codes(response)
    for code in codes:
        if kind := kind_of(code):
            return kind, code
    if status == 403:
        if "STALE_FORM" in codes:
            return SecurityKind.STALE, ""
        return (SecurityKind.NOT_ALLOWED, next(iter(codes), "")) if user else None
    if status == 404:
        return (SecurityKind.OUTSIDE, "") if user and request.resolver_match else None
    return (_BY_STATUS[status], "") if status in _BY_STATUS else None


def _codes(response) -> list[str]:
    """The codes of what a page refuses: of its rule (``core/refused.html``), or of the errors in its form."""
    error = getattr(response, "refused", None)
    codes = [error.code] if error else []
    form = (getattr(response, "context_data", None) or {}).get("form")
    for errors in form.errors.as_data().values() if hasattr(form, "errors") else ():
        codes += [one.code for one in errors if one.code]
    return codes
