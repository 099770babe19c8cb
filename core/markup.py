"""HTML written by our own hand, where a template would be walked hundreds of times for one page."""

from html import escape

from django.utils.html import conditional_escape


def escaped(value) -> str:
    """As ``{{ value }}`` in a template, for text: what is marked safe stays as it is."""
    return escape(value) if value.__class__ is str else conditional_escape(value)


def attributes(given: dict) -> str:
    """``name="value"`` for each; True is the name alone, what is None or False is left out."""
    return " ".join(
        [
            name if value is True else f'{name}="{escaped(value)}"'
            for name, value in given.items()
            if value is not None and value is not False
        ]
    )
