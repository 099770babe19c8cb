"""``{% bar_chart chart %}``, ``{% step_chart chart %}`` and ``{% day_chart chart %}``: draw what ``core.charts`` has computed."""

from django import template

from core.charts import BarChart, DayChart, StepChart

register = template.Library()


@register.inclusion_tag("core/charts/bars.html")
def bar_chart(chart: BarChart) -> dict:
    """Completion against target, as an accessible SVG. The page shows a table of the figures besides."""
    return {"chart": chart}


@register.inclusion_tag("core/charts/days.html")
def day_chart(chart: DayChart) -> dict:
    """Doses per day by dose number, as an accessible SVG. The page shows a table of the figures besides."""
    return {"chart": chart}


@register.inclusion_tag("core/charts/steps.html")
def step_chart(chart: StepChart) -> dict:
    """Plain bars, as an accessible SVG. The page shows a table of the figures besides."""
    return {"chart": chart}
