// One row of the grid: its cells, what the server says about it, its draft.
"use strict";

const ROW_TAGS = {
  typing: ["", "… 未检查"],
  checking: ["", "… 检查中"],
  ready: ["tag-done", "✓ 可以保存"],
  alike: ["tag-due", "! 可能已登记"],
  known: ["tag-due", "! 已登记"],
  twin: ["tag-stop", "✕ 重复"],
  differs: ["tag-due", "! 先前已存"],
  error: ["tag-stop", "✕ 要改"],
  failed: ["tag-stop", "✕ 没存上"],
  waiting: ["tag-hold", "↻ 等待保存"],
  saving: ["tag-hold", "↻ 正在保存"],
  saved: ["tag-done", "✓ 已保存"],
};

const WRONG = ["error", "failed", "alike", "known", "differs"];

class GridRow {
  constructor(template, drafts, order, draft) {
    this.tr = template.content.firstElementChild.cloneNode(true);
    this.tr.gridRow = this;
    this.drafts = drafts;
    this.order = order;
    this.inputs = [...this.tr.querySelectorAll("input")];
    this.saysId = `says-${order}-${Math.random().toString(36).slice(2, 8)}`;
    this.part("words").id = this.saysId;
    this.key = draft ? draft.key : GridDrafts.newKey();
    this.version = 0; // counts changes: an answer about an older version is not shown
    this.state = "empty";
    this.twins = []; // rows of the same number
    this.wanted = this.sure = this.fill = false;
    if (draft) this.restore(draft);
  }

  part(name) { return this.tr.querySelector(`[data-${name}]`); }
  cell(key) { return this.tr.querySelector(`input[name="${key}"]`); }
  get number() { return this.tr.rowIndex; } // the head is row 0, so the first is 1
  get isSaved() { return this.state === "saved"; }
  get isWrong() { return WRONG.includes(this.state) || this.twins.length > 0; }
  get isLocked() { return this.isSaved || this.state === "saving"; }
  get hasFocus() { return this.tr.contains(document.activeElement); }

  // What a person typed; what the number told is told again.
  get cells() {
    const cells = {};
    for (const input of this.inputs) if (input.value.trim() && !input.dataset.filled) cells[input.name] = input.value.trim();
    return cells;
  }
  get isEmpty() { return Object.keys(this.cells).length === 0; }

  restore(draft) {
    this.order = draft.order;
    this.put(draft.cells);
    this.wanted = Boolean(draft.wanted);
    this.sure = Boolean(draft.sure);
    this.fill = Boolean(draft.fill);
    this.show(this.wanted ? "waiting" : "typing");
  }

  put(cells) {
    for (const input of this.inputs) {
      delete input.dataset.filled;
      input.value = cells[input.name] || "";
    }
  }

  keep() {
    if (this.isEmpty) this.drafts.remove(this.key);
    else this.drafts.put(this.key, { order: this.order, cells: this.cells, wanted: this.wanted, sure: this.sure, fill: this.fill });
  }

  // A cell was changed by hand or by a paste: the old verdict is void, a wish to save has to be said again.
  changed() {
    this.version += 1;
    this.wanted = this.sure = this.fill = false;
    if (this.isEmpty) this.put({}); // also what the number had told
    this.show(this.isEmpty ? "empty" : "typing");
    this.keep();
  }

  want() {
    this.wanted = true;
    this.show("waiting");
    this.keep();
  }

  begin(saving) {
    for (const input of this.inputs) input.readOnly = saving; // until the answer is here
    this.show(saving ? "saving" : "checking");
  }

  // No answer came: as it was before.
  giveBack() {
    this.free();
    this.show(this.wanted ? "waiting" : "typing");
  }

  free() { for (const input of this.inputs) input.readOnly = this.isSaved; }

  fail(words) {
    this.free();
    this.wanted = false;
    this.show("failed", [{ message: words }]);
    this.keep();
  }

  // ``answer`` of the server: {state, problems, filled, people, differs}
  take(answer) {
    this.free();
    this.wanted = this.fill = false;
    for (const [key, text] of Object.entries(answer.filled || {})) {
      const input = this.cell(key);
      input.value = text;
      input.dataset.filled = "1";
    }
    if (answer.state === "saved" && !answer.differs) return this.becomeSaved(answer);
    if (answer.state === "saved") {
      this.show("differs", [{ message: "这个人先前已经存好;之后改的内容没有存,请打开修改,再删除这一行:" }], answer.people);
    } else this.show(answer.state, answer.problems, answer.people);
    return this.keep();
  }

  becomeSaved(answer) {
    this.state = "saved";
    this.drafts.remove(this.key);
    const number = this.cell("number");
    number.value = number.value.replace(/.(?=.{4})/g, "*"); // it is on the register now; the screen needs it no more
    for (const input of this.inputs) {
      input.readOnly = true;
      input.tabIndex = -1;
    }
    this.show("saved", answer.problems, answer.people);
  }

  pairWith(others) {
    const words = others.map(twinWords).join(";");
    if (!this.twins.length && !others.length) return;
    this.twins = others;
    this.part("twins").hidden = !words;
    this.part("twin-words").textContent = words ? `与 ${words} 的号码相同,同一个人只留一行。` : "";
    this.tag();
  }

  tag() {
    const tag = this.part("tag");
    const shown = this.twins.length && !this.isLocked ? "twin" : this.state;
    const [look, word] = ROW_TAGS[shown] || ["", ""];
    tag.hidden = !word;
    tag.className = `tag ${look}`;
    tag.textContent = word;
  }

  show(state, problems = [], people = []) {
    this.state = state;
    this.tr.dataset.state = state;
    this.tag();
    const told = problems.map((problem) => problem.message);
    if (state === "ready" && this.cell("birth_date").dataset.filled) told.unshift(`${this.cell("birth_date").value} ${this.cell("sex").value}`);
    this.part("words").textContent = told.join(" ");
    this.part("people").replaceChildren(...people.map(linkTo));
    this.part("sure").hidden = state !== "alike";
    this.part("fill").hidden = state !== "known";
    this.part("remove").hidden = ["empty", "saved", "saving"].includes(state);
    const wrong = new Set(problems.filter((problem) => problem.level === "error").map((problem) => problem.field));
    for (const input of this.inputs) {
      const isWrong = wrong.has(input.name);
      if (isWrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      input.setAttribute("aria-describedby", isWrong ? this.saysId : `hint-${input.name}`);
    }
  }
}

function linkTo(person) {
  const link = document.createElement("a");
  link.href = person.url;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = person.words;
  return link;
}
