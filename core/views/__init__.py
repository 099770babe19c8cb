"""What every page of ours is built from: guarded views, scoped lists, forms that call one service."""

from .base import ActionRequiredMixin, KeyedForm, ScopedListView, ServiceFormView, add_rule_error

__all__ = ["ActionRequiredMixin", "KeyedForm", "ScopedListView", "ServiceFormView", "add_rule_error"]
