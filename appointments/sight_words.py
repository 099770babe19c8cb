"""What stands in the way of a second dose, with its numbers, in words of the office."""

from datetime import date

from appointments.sight_rules import Sight


def sight_words(sight: Sight) -> str:
    """One sentence: the window of the second dose, what is free in it, what is owed, what is left."""
    parts = []
    windows = [offer for offer in sight.offers if offer.window]
    if windows and sight.places is not None:
        best = max(windows, key=lambda offer: (offer.courses > 0, offer.room))
        days = f"{_day(best.window.start)}至{_day(best.window.end)}"
        parts.append(
            f"第2剂应在 {days} 接种,这段时间已安排的号还空 {best.free} 个,别人要用 {best.free - best.room} 个,"
            f"还够 {best.room} 人"
        )
    now, owed = (sum(getattr(offer, name) for offer in sight.offers) for name in ("now", "owed"))
    parts.append(
        f"全镇可用疫苗 {now} 剂,欠已开始的人 {owed} 剂,已约第1剂还没打的 {sight.promised} 人(每人两剂),"
        f"还够 {sight.doses} 人"
    )
    return ";".join(parts) + "。"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
