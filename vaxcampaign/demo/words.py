"""What the office of the demo answers to the questions it hears."""

from datetime import datetime

from campaigns.models import Campaign
from campaigns.services import texts
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

ANSWERS = (
    (
        "有高血压、糖尿病,能不能打?",
        "病情稳定、控制得好的可以打。接种那天把药照常吃好,把病情告诉预检医生,由医生判断。\n正在发作、正在住院的先不打。",
    ),
    ("打了第1剂,第2剂超过时间怎么办?", "尽快补打第2剂,不用从头再来。请告诉村里的包保人,帮您约最近的一场。"),
    ("打针要不要钱?", "不要钱,疫苗和接种都免费,自愿接种。有人收钱的,请打镇专班电话反映。"),
    (
        "打完不舒服怎么办?",
        "接种处酸痛、低热、乏力一般一到三天自己好。\n高热不退、起皮疹、呼吸困难的,马上就医,并打接种点电话。",
    ),
)


def answer(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """Four questions, one of them reworded since."""
    said = {"campaign": campaign, "is_shown": True, "actor": ground.users["county"], "now": now}
    for number, (title, body) in enumerate(ANSWERS, 1):
        texts.put_text(topic=None, title=title, body=body, key=key("answer", number), **said)
    more = "外镇、外县来的也一样免费。"
    texts.put_text(
        topic=3, title=ANSWERS[2][0], body=f"{ANSWERS[2][1]}\n{more}", key=key("answer", "more"), **said
    )
