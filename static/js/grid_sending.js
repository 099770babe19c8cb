// Rows go to the server one at a time, first those to be saved. No answer: the row stays, and is asked again.
"use strict";

const PAUSES = {
  offline: { words: "网络断了。填写的内容都存在这台电脑上,可以继续填;网络恢复后,点过保存的行会自动保存。", again: 4000 },
  busy: { words: "服务器忙或正在重启。填写的内容都在,几秒后自动再试。", again: 4000 },
  login: { words: "登录已过期。填写的内容都在:请在新窗口登录,然后回到这一页继续。", login: true },
  refused: { words: "现在不能保存:您的岗位没有登记权限,或者页面太旧。填写的内容都在,请刷新页面再试。" },
  other: { words: "" },
};
const ANSWER_WITHIN = 20000; // milliseconds

class GridSender {
  constructor(grid, box) {
    Object.assign(this, { grid, box, busy: false, pause: null });
    this.banner = document.getElementById("grid-banner");
    window.addEventListener("online", () => this.resume());
    window.addEventListener("focus", () => this.resume()); // back from the window of the log-in
    this.banner.querySelector("[data-grid-resume]").addEventListener("click", () => this.resume());
  }

  resume() {
    this.pause = null;
    this.wake();
  }

  async wake() {
    if (this.busy || this.pause) return;
    this.busy = true;
    let row = this.grid.nextToSend();
    while (row && !this.pause) {
      await this.send(row);
      this.grid.count();
      row = this.grid.nextToSend();
    }
    this.busy = false;
    if (!this.pause) this.grid.idle();
  }

  async send(row) {
    const saving = row.wanted;
    const version = row.version;
    row.begin(saving);
    let response;
    let answer;
    try {
      response = await fetch(saving ? this.box.dataset.save : this.box.dataset.check, {
        method: "POST",
        body: this.formOf(row),
        headers: { "X-CSRFToken": (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "" },
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      if ((response.headers.get("Content-Type") || "").includes("json")) answer = await response.json();
    } catch {
      return this.stop("offline", row); // also when the answer broke off: the key makes asking again harmless
    }
    if (response.type === "opaqueredirect") return this.stop("login", row);
    if (response.status === 403) return this.stop("refused", row);
    if (response.status === 409 && answer) return this.stop("other", row, answer.problems[0].message);
    if ([502, 503, 504].includes(response.status)) return this.stop("busy", row);
    this.banner.hidden = true;
    if (!row.tr.isConnected) return undefined; // deleted meanwhile
    if (!answer) return row.fail("服务器出错,这一行没有存上,内容还在。请再点“保存全部”;还不行请联系管理员。");
    if (!saving && (row.wanted || row.version !== version)) return row.giveBack(); // typed on, or to be saved by now
    row.take(answer, saving ? null : this.grid.twinOf(row));
    if (!saving) this.grid.tell(row); // what became of a whole save is said once, at its end
    return undefined;
  }

  formOf(row) {
    const form = new URLSearchParams({ village: this.box.dataset.village, typed_by: this.box.dataset.user, key: row.key });
    if (row.sure) form.set("sure", "on");
    for (const [key, text] of Object.entries(row.cells)) form.set(`cell_${key}`, text);
    return form;
  }

  stop(reason, row, words) {
    const pause = PAUSES[reason];
    row.giveBack();
    this.pause = reason;
    if (this.banner.hidden || this.shown !== reason) { // said once, not with every attempt
      this.banner.querySelector("[data-words]").textContent = words || pause.words;
      this.banner.querySelector("[data-login-link]").hidden = !pause.login;
      this.banner.querySelector("[data-grid-resume]").hidden = Boolean(pause.again);
      this.banner.hidden = false;
      this.shown = reason;
    }
    clearTimeout(this.timer);
    if (pause.again) this.timer = setTimeout(() => this.resume(), pause.again);
  }
}
