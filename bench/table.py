"""The lines as a table for the terminal."""

import statistics
import unicodedata


def show(lines: list[dict]) -> None:
    """Print every line: ours, raw limit, peer (median, min–max), then each target with OK or MISSED."""
    for line in lines:
        print(f"\n{line['id']} [{line['engine']}] {line['title']}")
        for name, values in line["figures"].items():
            print(f"    {_pad(name, 34)} {_spread(values, line['unit'])}")
        for note in line["notes"]:
            print(f"    · {note}")
        for target, ok in line["verdicts"]:
            print(f"    {'OK    ' if ok else 'MISSED'} {target}")
    verdicts = [ok for line in lines for _, ok in line["verdicts"]]
    print(f"\n{len(verdicts)} targets, {verdicts.count(False)} missed")


def _spread(values: list[float], unit: str) -> str:
    middle = statistics.median(values)
    if len(values) == 1:
        return f"{middle:10.3f} {unit}   (n=1)"
    return f"{middle:10.3f} {unit}   ({min(values):.3f}–{max(values):.3f}, n={len(values)})"


def _pad(text: str, width: int) -> str:
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return text + " " * max(0, width - len(text) - wide)
