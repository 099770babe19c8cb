"""The filter row of a list as text: labels, menus and inputs as crispy-forms writes them, without a template for each option."""

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field, as_crispy_form
from django.forms import BaseForm, NumberInput, Select, TextInput
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString, mark_safe

from core import markup


def row_of(form: BaseForm) -> SafeString:
    """The fields of ``form`` below each other; crispy-forms writes what was filled in wrongly, and any field that is not plain."""
    if form.errors:
        return as_crispy_form(form)
    # Safe: each value in it was escaped.
    return mark_safe("\n".join([_field(bound) for bound in form]))  # noqa: S308


def _field(bound: BoundField) -> str:
    widget = bound.field.widget
    if bound.is_hidden:
        return str(bound)
    if bound.help_text or bound.field.required or "class" in widget.attrs:
        return as_crispy_field(bound)
    if type(widget) is Select and not any(isinstance(word, list | tuple) for _, word in widget.choices):
        control = _menu(bound, widget)
    elif isinstance(widget, TextInput | NumberInput):
        control = _input(bound, widget)
    else:
        return as_crispy_field(bound)
    label = f'<label for="{bound.id_for_label}" class="form-label">{markup.escaped(bound.label)}</label>'
    return f'<div id="div_{bound.auto_id}" class="mb-3">{label} {control}</div>'


def _attributes(bound: BoundField, css_class: str) -> str:
    widget = bound.field.widget
    css_class = f"{type(widget).__name__.lower()} {css_class}"
    given = widget.attrs | {"class": css_class} | bound.build_widget_attrs({}) | {"id": bound.auto_id}
    return markup.attributes(given)


def _input(bound: BoundField, widget: TextInput | NumberInput) -> str:
    value = widget.format_value(bound.value())
    given = "" if value is None else f' value="{markup.escaped(value)}"'
    return f'<input type="{widget.input_type}" name="{bound.html_name}"{given} {_attributes(bound, "form-control")}>'


def _menu(bound: BoundField, widget: Select) -> str:
    chosen, options = widget.format_value(bound.value()), []
    for value, word in widget.choices:
        text = "" if value is None else str(value)
        mark = ""
        if text in chosen:
            mark, chosen = " selected", ()  # the first only
        options.append(f'<option value="{markup.escaped(text)}"{mark}>{markup.escaped(word)}</option>')
    return f'<select name="{bound.html_name}" {_attributes(bound, "form-select")}> {" ".join(options)}\n</select>'
