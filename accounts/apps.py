from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "帐号"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """What happens at a log-in, and that a wrong setting stops the start."""
        from axes.signals import user_locked_out
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        from accounts import log_ins
        from accounts.rules import default_policy
        from accounts.services import security_log

        default_policy()
        user_logged_in.connect(log_ins.begin)
        user_logged_out.connect(security_log.logged_out)
        user_login_failed.connect(security_log.failed)
        user_locked_out.connect(security_log.locked_out)
