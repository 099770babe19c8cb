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
    "file": "文件",
    "group": "工作组",
    "groups": "工作组名录",
    "hold": "暂缓与禁忌",
    "job": "后台任务",
    "lot": "批次",
    "organisation": "单位",
    "phase": "阶段",
    "places": "区划",
    "record": "接种记录",
    "report": "报表",
    "resident": "居民",
    "residents": "居民",
    "roster": "名单",
    "session": "场次",
    "site": "接种点",
    "slot": "号源",
    "stock": "库存",
    "target": "任务",
    "visit": "到场",
}
DEEDS = {
    "added": "新增",
    "appointed": "授予岗位",
    "approved": "批准",
    "arrived": "到场",
    "assigned": "下达",
    "cancelled": "取消",
    "capacity": "调整号源",
    "certificate_dropped": "删除证书",
    "certificate_put": "登记证书",
    "checked_in": "登记到场",
    "closed": "关闭",
    "committed": "确认导入",
    "consented": "知情同意",
    "copied": "复制",
    "created": "新建",
    "discarded": "放弃",
    "document_added": "增加证件",
    "dissolved": "撤销",
    "dosed": "接种",
    "downloaded": "下载",
    "edited": "修改",
    "errors_downloaded": "下载错误行",
    "exported": "导出",
    "given": "同意",
    "held": "隔离",
    "imported": "导入",
    "left": "离场",
    "lifted": "解除",
    "locked": "停用",
    "logged_in": "登录",
    "made": "登记",
    "member_added": "增加成员",
    "member_changed": "修改成员",
    "member_left": "移出成员",
    "moved": "改期",
    "names_viewed": "查看名单",
    "noted": "记录",
    "number_revealed": "查看完整证件号",
    "opened": "开放",
    "password_changed": "修改密码",
    "password_reset": "重置密码",
    "placed": "登记",
    "planned": "安排",
    "posted": "记账",
    "produced": "生成",
    "put": "批量登记",
    "received": "入库",
    "recorded": "登记",
    "reference_loaded": "装入参考数据",
    "refused": "不同意",
    "registered": "登记",
    "release_no_added": "补登批签发号",
    "released": "解除",
    "removed": "移出",
    "reported": "报告",
    "restored": "恢复",
    "reversed": "冲正",
    "role_ended": "结束岗位",
    "screened": "预检",
    "submitted": "上报",
    "transferred": "转诊",
    "unlocked": "恢复使用",
    "uploaded": "上传",
    "viewed": "查看",
    "voided": "作废",
    "wasted": "损耗",
    "withdrawn": "撤回",
}


def action_word(action: str) -> str:
    """ "帐号 · 停用" for ``account.locked``; an action without words keeps its code, so that nothing is hidden."""
    about, _, done = action.partition(".")
    subject, deed = SUBJECTS.get(about), DEEDS.get(done)
    return f"{subject} · {deed}" if subject and deed else action


def target_word(target: str) -> str:
    """ "帐号 12" for ``accounts.user:12``."""
    label, _, key = target.partition(":")
    try:
        return f"{apps.get_model(label)._meta.verbose_name} {key}"
    except (LookupError, ValueError):
        return target
