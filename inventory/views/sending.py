"""发出、签收、撤回: deliveries between our sites."""

from django.contrib import messages
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.choices import Role
from accounts.models import RoleAssignment
from inventory.choices import DocumentKind, DocumentState
from inventory.delivery_rules import check_grounds
from inventory.fefo import check_order
from inventory.forms import ReasonForm
from inventory.goods_forms import ArriveForm, SendForm
from inventory.models import ColdDevice, Lot
from inventory.papers import also_apart
from inventory.services import arrivals, consignments
from inventory.services.consignments import Consignment
from inventory.views.keeper import AtSiteView, OnPaperView
from places.models import Site
from places.querysets import code_range


class SendView(AtSiteView):
    """下发、调拨、退回."""

    form_class = SendForm
    template_name = "inventory/send.html"
    heading = "发出疫苗"

    def get_initial(self):
        return {"kind": self.request.GET.get("kind", "transfer"), "started_at": self.now}

    def get_form_kwargs(self):
        county = code_range("place__code", self.site.place.code[:6])
        others = Site.objects.active().filter(county).exclude(pk=self.site.pk).order_by("name")
        goods = [(level.lot, level.vials) for level in self.levels if level.vials]
        return {**super().get_form_kwargs(), "goods": goods, "destinations": others}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        held = {level.lot_id: level.held_reason for level in self.levels if level.held_reason}
        return {**context, "held": held, "submit": "签字发出"}

    def perform(self, form):
        data = form.cleaned_data
        if data["kind"] != DocumentKind.RETURN:
            today = timezone.localdate(self.now)
            check_order(site=self.site, goods=form.chosen(), reason=data["note"], today=today)
            check_grounds(data["note"])
        consignment = Consignment(
            kind=DocumentKind(data["kind"]),
            site=self.site,
            goods=form.chosen(),
            other_site=data["other_site"],
            counterparty=data["counterparty"],
            transport=form.transport(),
            note=data["note"],
            second_name=data["second_name"],
        )
        document = consignments.send(consignment, key=data["key"], **self.signed)
        if document.other_site:
            said = f"单据 {document.no} 已发出,疫苗在途。请对方({document.other_site})到货后签收;没发成的可以撤回。"
        else:
            said = f"单据 {document.no} 已登记退回。请打印,双方签字后各留一份。"
        messages.success(self.request, said)
        if document.other_site and not self.somebody_receives(document.other_site):
            said = "那边现在没有别的疫苗管理员,没人能签收。请镇办在“帐号”里给那边的人开这个岗位(发出的人自己不能签收)。"
            messages.warning(self.request, said)
        return document

    def somebody_receives(self, site: Site) -> bool:
        """Whether anybody but the sender keeps ``site``: only they may sign for what comes."""
        keepers = RoleAssignment.objects.current(timezone.localdate(self.now)).filter(
            role=Role.STOCK, site=site
        )
        return keepers.filter(user__is_active=True).exclude(user=self.request.user).exists()


class ArriveView(OnPaperView):
    """到货签收."""

    form_class = ArriveForm
    template_name = "inventory/arrive.html"
    heading = "到货签收"
    kept_at = "other_site__"

    @cached_property
    def left(self) -> list[tuple[Lot, int]]:
        left = consignments.under_way(self.document)
        lots = Lot.objects.select_related("presentation__vaccine").in_bulk(left)
        return [(lots[pk], vials) for pk, vials in left.items()]

    def get_initial(self):
        sent = self.document
        return {
            "means": sent.means,
            "started_at": sent.started_at,
            "start_celsius": sent.start_celsius,
            "arrived_at": self.now,
        }

    def get_form_kwargs(self):
        devices = ColdDevice.objects.with_vaccine().filter(site=self.document.other_site)
        return {**super().get_form_kwargs(), "goods": self.left, "devices": devices}

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "have_word": "发出", "submit": "签字"}

    def perform(self, form):
        data = form.cleaned_data
        document = arrivals.arrive(
            delivery=self.document,
            counts=form.counts(),
            transport=form.transport(),
            verdict=DocumentState(data["verdict"]),
            reason=data["why"],
            device=data["device"],
            key=data["key"],
            **self.signed,
        )
        if document.state == DocumentState.REFUSED:
            messages.warning(
                self.request, f"已登记拒收({document.no})。疫苗没有入库,请发出方撤回,并报告上级。"
            )
        elif document.state == DocumentState.HELD:
            said = f"已签收({document.no}),其中隔离的请单独存放,查明后在库存页“解除隔离”。"
            messages.warning(self.request, said + also_apart(document))
        else:
            messages.success(self.request, f"已签收入库({document.no})。")
        return document


class CallBackView(OnPaperView):
    """撤回在途."""

    form_class = ReasonForm
    template_name = "inventory/document_deed.html"
    heading = "撤回在途的疫苗"

    def get_form_kwargs(self):
        hint = "对方还没有签收的全部回到本点库存。例如:车没有发出、对方拒收退回。"
        back = self.document.get_absolute_url()
        return {**super().get_form_kwargs(), "submit": "撤回", "back": back, "hint": hint}

    def perform(self, form):
        data = form.cleaned_data
        document = consignments.call_back(
            delivery=self.document, reason=data["reason"], key=data["key"], **self.signed
        )
        messages.success(
            self.request, f"已撤回({document.no}),疫苗回到本点库存。对方拒收过的先隔离,查明再解除。"
        )
        return document
