"""Sentences about people and their work: who lives here, who leads, what was done."""

from core.templatetags.vax import number
from reports.services.bulletins.book import meeting_words
from reports.services.bulletins.facts import Facts
from reports.services.bulletins.phrases import MISSING, listed, short_day, with_units


def situation(f: Facts) -> list[str]:
    """Who lives here, who is to be vaccinated, and the task."""
    total, below = f.report.total, "个乡镇(街道)" if f.board.by_town else "个村(社区)"
    said = f"{f.place}名册登记{number(f.registered)}人,按“{f.campaign}”的对象条件应种{number(total.target)}人"
    said += f"(60岁及以上{number(total.target_60)}人、80岁及以上{number(total.target_80)}人)"
    return [f"{said},分布在{len(f.board.rows)}{below}。", _task(f)]


def _task(f: Facts) -> str:
    goal, shared = f.board.goal, f.board.shared
    if goal is None:
        return (
            f"各单位首剂任务合计{number(shared)}人。" if shared is not None else f"首剂接种任务:{MISSING}。"
        )
    said = f"首剂接种任务{number(goal.quantity)}人,{short_day(goal.due_on)}前完成"
    left = f.board.unassigned
    if left > 0:
        return f"{said},已下达{number(shared or 0)}人,还有{number(left)}人没有下达。"
    return f"{said},已全部下达。" if left == 0 else f"{said},下达合计多{number(f.board.over)}人。"


def organisation(f: Facts) -> list[str]:
    """Leading group, working groups, duties: as the directories say."""
    said = []
    if f.leaders:
        heads = [m for m in f.leaders if m.role[0] in "1234"]
        named = "、".join(
            f"{m.get_role_display()}{m.name}" + (f"({m.post})" if m.post else "") for m in heads
        )
        rest = len(f.leaders) - len(heads)
        said.append(f"成立领导小组:{named or '负责人未记录'}" + (f",成员等{rest}人。" if rest else "。"))
    else:
        said.append(f"领导小组:{MISSING}。")
    kinds = (("专项工作组", "special"), ("村(社区)工作组", "village"), ("一对一帮扶工作组", "helping"))
    groups = [(word, f.groups[kind]) for word, kind in kinds if f.groups.get(kind)]
    said.append(f"有人员名单的工作组:{listed(groups, '个')}。" if groups else f"工作组:{MISSING}。")
    said.append(f"包干责任:{listed(f.duties, '项')}。" if f.duties else f"包干责任:{MISSING}。")
    return said


def book(f: Facts) -> list[str]:
    """Who led, what was heard, the meetings and what has become of what they asked for: as the duty book says."""
    book, by_town = f.book, f.board.by_town
    said = [f"带班:{listed(book.led, '天')}。" if book.led else f"带班:{MISSING}。"]
    heard = sum(count for _, count in book.heard)
    said.append(
        f"领导听取汇报{number(heard)}次({listed(book.heard, '次')})。"
        if heard
        else f"领导听取汇报:{MISSING}。"
    )
    if book.meetings:
        said.append(f"召开{meeting_words(book, by_town=by_town)}。")
    else:
        said.append(f"会议:{MISSING}。")
    return [*said, *_asked(f)]


def _asked(f: Facts) -> list[str]:
    said, asked, older = [], f.book.asked, f.book.older
    if asked:
        late = f",其中逾期{number(f.book.late)}项" if f.book.late else ""
        said.append(f"会议督办{number(sum(asked.values()))}项:{listed(list(asked.items()), '项')}{late}。")
    elif f.book.meetings:
        said.append(f"会议督办事项:{MISSING}。")
    if older:
        said.append(f"以前会议督办的还有{number(older)}项在办。")
    return said


def work(f: Facts) -> list[str]:
    """What was done to bring people in: lists, publicity, visits, rides."""
    told = with_units(f.publicity)
    said = [f"宣传动员:{told}。" if told else f"宣传动员:{MISSING}。"]
    if f.visits["times"]:
        promised = f",{number(f.visits['promised'])}人答应了接种日期" if f.visits["promised"] else ""
        said.append(f"走访联系{number(f.visits['people'])}人{number(f.visits['times'])}次{promised}。")
    else:
        said.append(f"走访联系:{MISSING}。")
    said.append(f"接送{number(f.lifts)}人次。" if f.lifts else f"接送:{MISSING}。")
    return said


def measures(f: Facts) -> list[str]:
    """Census, publicity, sessions, screening."""
    handed = f"摸底上报:{listed(f.handed_in, '份')}。" if f.handed_in else f"摸底上报:{MISSING}。"
    held = sum(count for _, count in f.sessions)
    sessions = (
        f"安排接种场次{number(held)}场({listed(f.sessions, '场')})。" if held else f"接种场次:{MISSING}。"
    )
    return [handed, *work(f), sessions, _screening(f)]


def _screening(f: Facts) -> str:
    counts = f.screened
    if not sum(counts.values()):
        return f"预检:{MISSING}。"
    said = f"预检{number(sum(counts.values()))}人次"
    return f"{said},暂缓{number(counts['DEFER'])}人次、禁忌{number(counts['CONTRA'])}人次。"
