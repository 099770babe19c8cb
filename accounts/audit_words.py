"""The words of the audit trail: action codes and row labels in the language of the auditor."""

from django.apps import apps

SUBJECTS = {
    "account": "帐号",
    "aefi": "异常反应",
    "booking": "预约",
    "campaign": "接种活动",
    "campaigns": "接种活动",
    "census": "摸排",
    "consent": "知情同意",
    "dose": "接种",
    "enrolment": "活动登记",
    "hold": "暂缓与禁忌",
    "job": "后台任务",
    "phase": "阶段",
    "places": "区划",
    "record": "接种记录",
    "report": "报表",
    "resident": "居民",
    "roster": "名单",
    "session": "场次",
    "stock": "库存",
    "target": "任务",
    "visit": "到场",
}
DEEDS = {
    "account.appointed": "授予岗位",
    "account.created": "新建",
    "account.locked": "停用",
    "account.logged_in": "登录",
    "account.password_changed": "修改密码",
    "account.password_reset": "重置密码",
    "account.role_ended": "结束岗位",
    "account.unlocked": "恢复使用",
    "campaign.opened": "启动",
    "campaigns.reference_loaded": "装入参考数据",
    "consent.given": "同意",
    "consent.refused": "不同意",
    "consent.recorded": "登记",
    "consent.withdrawn": "撤回",
    "enrolment.made": "登记入活动",
    "hold.lifted": "解除",
    "hold.placed": "登记",
    "phase.closed": "关闭",
    "phase.opened": "开放",
    "places.imported": "导入",
    "resident.viewed": "查看",
}


def action_word(action: str) -> str:
    """ "帐号 · 停用" for ``account.locked``; an action without words keeps its code, so that nothing is hidden."""
    subject = SUBJECTS.get(action.partition(".")[0])
    deed = DEEDS.get(action)
    return f"{subject} · {deed}" if subject and deed else action


def target_word(target: str) -> str:
    """ "帐号 12" for ``accounts.user:12``."""
    label, _, key = target.partition(":")
    try:
        return f"{apps.get_model(label)._meta.verbose_name} {key}"
    except (LookupError, ValueError):
        return target
