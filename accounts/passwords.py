"""Password policy: at least eight characters of three of the four kinds (等保2.0 三级, usual assessor values)."""

from django.core.exceptions import ValidationError

from accounts.services.passwords import was_used


class ThreeKindsValidator:
    """Lower case, upper case, digits, others: three of the four must occur."""

    def validate(self, password, user=None):
        kinds = [
            any(c.islower() for c in password),
            any(c.isupper() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        ]
        if sum(kinds) < 3:
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def get_help_text(self):
        return "密码须含小写字母、大写字母、数字、符号中的至少三种。"


class NotUsedBeforeValidator:
    """The last passwords do not come back (how many: the policy of the place)."""

    def validate(self, password, user=None):
        if user is not None and user.pk and was_used(user, password):
            raise ValidationError(self.get_help_text(), code="password_used")

    def get_help_text(self):
        return "新密码不能与最近用过的密码相同。"
