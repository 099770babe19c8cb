"""All tables of this room as they were made step by step until 0002_access; a new installation makes them at once."""

import uuid

import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.querysets
import core.crypto
from core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_access"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("places", "0001_squashed_0003_code_scan"),
    ]

    operations = [
        CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "username",
                            models.CharField(
                                error_messages={"unique": "A user with that username already exists."},
                                help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                                max_length=150,
                                unique=True,
                                validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                                verbose_name="username",
                            ),
                        ),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="email address"),
                        ),
                        (
                            "is_staff",
                            models.BooleanField(
                                default=False,
                                help_text="Designates whether the user can log into this admin site.",
                                verbose_name="staff status",
                            ),
                        ),
                        (
                            "is_active",
                            models.BooleanField(
                                default=True,
                                help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                                verbose_name="active",
                            ),
                        ),
                        (
                            "date_joined",
                            models.DateTimeField(
                                default=django.utils.timezone.now, verbose_name="date joined"
                            ),
                        ),
                        ("display_name", models.CharField(max_length=30, verbose_name="姓名")),
                        ("phone", models.CharField(blank=True, max_length=20, verbose_name="手机")),
                        (
                            "must_change_password",
                            models.BooleanField(default=True, verbose_name="下次登录须改密码"),
                        ),
                        (
                            "lock_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="停用原因"),
                        ),
                        (
                            "locked_by_guard",
                            models.BooleanField(default=False, verbose_name="由安全管理员停用"),
                        ),
                        (
                            "password_changed_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, verbose_name="密码修改时间"
                            ),
                        ),
                        ("session_mark", models.CharField(blank=True, max_length=32)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "帐号",
                        "ordering": ["username"],
                    },
                    managers=[
                        ("objects", accounts.querysets.AccountManager()),
                    ],
                ),
                migrations.CreateModel(
                    name="AccessPolicy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "idle_minutes",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(720)],
                                verbose_name="多久不操作就退出(分钟)",
                            ),
                        ),
                        (
                            "floor_idle_minutes",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(1440)],
                                verbose_name="接种现场多久不操作就退出(分钟)",
                            ),
                        ),
                        (
                            "longest_hours",
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(24),
                                ],
                                verbose_name="一次登录最长(小时)",
                            ),
                        ),
                        (
                            "floor_longest_hours",
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(24),
                                ],
                                verbose_name="接种现场一次登录最长(小时)",
                            ),
                        ),
                        ("one_session", models.BooleanField(verbose_name="同一帐号只能在一处登录")),
                        (
                            "password_days",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(3650)],
                                verbose_name="密码多少天要换",
                            ),
                        ),
                        (
                            "password_history",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(24)],
                                verbose_name="新密码不能与最近几个相同",
                            ),
                        ),
                        (
                            "second_factor_roles",
                            models.JSONField(blank=True, default=list, verbose_name="必须用动态口令的岗位"),
                        ),
                        (
                            "confirming",
                            models.CharField(
                                choices=[
                                    ("none", "不需要"),
                                    ("admins", "管理员和审计员的岗位"),
                                    ("all", "所有岗位"),
                                ],
                                max_length=8,
                                verbose_name="哪些岗位须由安全管理员确认",
                            ),
                        ),
                        (
                            "confirm_devices",
                            models.BooleanField(verbose_name="重置动态口令须由安全管理员确认"),
                        ),
                        (
                            "place",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "登录规则",
                    },
                ),
                migrations.CreateModel(
                    name="PasswordUsed",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128)),
                        ("at", models.DateTimeField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="passwords_used",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "用过的密码",
                        "ordering": ["-at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="SecondFactor",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("secret", core.crypto.EncryptedTextField(context="accounts.second_factor")),
                        ("confirmed_at", models.DateTimeField(null=True)),
                        ("last_step", models.BigIntegerField(default=0)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("blocked_until", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="second_factor",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "动态口令",
                    },
                ),
                migrations.CreateModel(
                    name="DeviceReset",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.CharField(max_length=120, verbose_name="原因")),
                        ("asked_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "待安全管理员确认"),
                                    ("done", "已重置"),
                                    ("refused", "未获确认"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="device_resets",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "动态口令重置",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("user",),
                                name="one_waiting_reset",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by__isnull", True),
                                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="reset_by_two",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoleAssignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("county", "县级管理"),
                                    ("town", "镇办"),
                                    ("cadre", "村干部"),
                                    ("school", "学校登记员"),
                                    ("employer", "单位登记员"),
                                    ("registrar", "登记台"),
                                    ("screener", "预检医生"),
                                    ("vaccinator", "接种员"),
                                    ("observer", "留观护士"),
                                    ("stock", "疫苗管理员"),
                                    ("sysadmin", "系统管理员"),
                                    ("secadmin", "安全管理员"),
                                    ("auditor", "审计员"),
                                ],
                                max_length=12,
                                verbose_name="岗位",
                            ),
                        ),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(blank=True, null=True, verbose_name="至")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("in_force", "有效"),
                                    ("waiting", "待安全管理员确认"),
                                    ("refused", "未获确认"),
                                ],
                                default="in_force",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.organisation",
                                verbose_name="单位",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="地方",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "岗位",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("organisation__isnull", True),
                                        ("place__isnull", False),
                                        ("site__isnull", True),
                                    ),
                                    models.Q(
                                        ("organisation__isnull", True),
                                        ("place__isnull", True),
                                        ("site__isnull", False),
                                    ),
                                    models.Q(
                                        ("organisation__isnull", False),
                                        ("place__isnull", True),
                                        ("site__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="role_is_somewhere",
                                violation_error_message="岗位必须且只能对应一个地方、接种点或单位。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True),
                                    ("until__gte", models.F("since")),
                                    _connector="OR",
                                ),
                                name="role_dates",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecoveryCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("used_at", models.DateTimeField(null=True)),
                        (
                            "factor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="recovery_codes",
                                to="accounts.secondfactor",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "备用码",
                        "constraints": [
                            models.UniqueConstraint(fields=("factor", "digest"), name="recovery_code_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SecurityEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, unique=True)),
                        ("at", models.DateTimeField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("logged_in", "登录"),
                                    ("logged_out", "退出"),
                                    ("wrong", "用户名或密码不对"),
                                    ("locked", "输错太多,锁定"),
                                    ("wrong_code", "动态口令不对"),
                                    ("used_code", "动态口令重复使用"),
                                    ("recovery", "用备用码登录"),
                                    ("idle", "长时间不操作,自动退出"),
                                    ("over", "登录时间已满,自动退出"),
                                    ("elsewhere", "别处登录,自动退出"),
                                    ("outside", "访问不存在或不归本人管的内容"),
                                    ("not_allowed", "访问没有权限的页面"),
                                    ("forged", "提交了页面上没有的内容"),
                                    ("stale", "页面过期或跨站提交"),
                                    ("repeated", "重复提交,内容不同"),
                                    ("hostile_file", "上传的文件被拒绝"),
                                    ("too_large", "上传的内容过大"),
                                    ("too_often", "请求过于频繁"),
                                    ("false_code", "核验的凭证不是真的"),
                                ],
                                max_length=16,
                                verbose_name="事件",
                            ),
                        ),
                        ("page", models.CharField(blank=True, max_length=60, verbose_name="页面")),
                        ("detail", models.CharField(blank=True, max_length=120, verbose_name="说明")),
                        ("ip", models.CharField(blank=True, max_length=45, verbose_name="来源地址")),
                        ("request_id", models.CharField(blank=True, max_length=36)),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "安全日志",
                        "indexes": [
                            models.Index(fields=["at"], name="security_at"),
                            models.Index(fields=["user", "at"], name="security_user"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StaffQualification",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("doctor", "执业(助理)医师"),
                                    ("nurse", "护士"),
                                    ("vaccinator", "预防接种培训合格证"),
                                    ("first_aid", "急救"),
                                ],
                                max_length=12,
                                verbose_name="资质",
                            ),
                        ),
                        ("cert_no", models.CharField(max_length=40, verbose_name="证书编号")),
                        ("valid_to", models.DateField(verbose_name="有效期至")),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="qualifications",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "人员资质",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "kind", "cert_no"), name="qualification_once"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
