"""What the list of organisations can be narrowed by."""

import django_filters as filters

from places.choices import OrganisationKind, ShopType
from places.models import Organisation


class OrganisationFilter(filters.FilterSet):
    """By name, kind and state."""

    q = filters.CharFilter("name", lookup_expr="icontains", label="名称")
    kind = filters.ChoiceFilter(label="类型", choices=OrganisationKind.choices, empty_label="全部")
    shop_type = filters.ChoiceFilter(label="商户类型", choices=ShopType.choices, empty_label="全部")
    is_active = filters.ChoiceFilter(
        label="状态", choices=[("True", "在用"), ("False", "已停用")], empty_label="全部"
    )

    class Meta:
        model = Organisation
        fields = ("q", "kind", "shop_type", "is_active")
