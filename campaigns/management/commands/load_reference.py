"""``manage.py load_reference``"""

from campaigns.services.reference import load_reference_data
from core.commands import OurCommand


class Command(OurCommand):
    help = (
        "Load or refresh vaccines, schedule rules, question sets and consent texts; may be run at any time."
    )

    def work(self, **options):
        counts = load_reference_data()
        sentence = (
            f"已装入疫苗 {counts['vaccines']} 种、免疫程序 {counts['rules']} 条、"
            f"健康询问 {counts['question_sets']} 套。已签署的同意书版本不变。"
        )
        return True, sentence, counts
