"""Shapes in which both sides say a figure."""

from collections.abc import Mapping

Pairs = dict[str, tuple]  # what is told → (the report's answer, the independent one)


def told(values: Mapping) -> dict:
    """Without what is zero or nothing."""
    return {name: number for name, number in values.items() if number}


def told_by(found: Mapping) -> dict:
    """{key: {name: number}} without zeros, and without keys that have nothing left."""
    kept = {key: told(values) for key, values in found.items()}
    return {key: values for key, values in kept.items() if values}


def inside(place, by_unit: Mapping[str, Mapping[str, int]], name: str) -> int:
    """The number ``name`` of all units of ``place``."""
    return sum(values.get(name, 0) for unit, values in by_unit.items() if unit.startswith(place.prefix))
