// Rows go to the server one at a time, first those to be saved. No answer: the row stays, and is asked again.
"use strict";

const PAUSES = {
  offline: { words: "网络断了。填写的内容都存在这台电脑上,可以继续填;网络恢复后,点过保存的行会自动保存。", again: 4000 },
  busy: { words: "服务器忙或正在重启。填写的内容都在,几秒后自动再试。", again: 4000 },
  login: { words: "登录已过期。填写的内容都在:请在新窗口登录,然后回到这一页继续。", login: true },
  refused: { words: "现在不能保存:您的岗位没有登记权限,或者页面太旧。填写的内容都在,请刷新页面再试。" },
  broken: { words: "服务器连续出错。填写的内容都在这台电脑上,没有丢。请过几分钟点“继续保存”;还不行请联系管理员。" },
};
const ANSWER_WITHIN = 20000; // milliseconds
const ERRORS_IN_A_ROW = 3; // then it is not the row

class GridSender {
  constructor(grid, box) {
    Object.assign(this, { grid, box, busy: false, pause: null, errors: 0, closed: false });
    this.banner = document.getElementById("grid-banner");
    window.addEventListener("online", () => this.resume());
    window.addEventListener("focus", () => this.resume()); // back from the window of the log-in
    this.banner.querySelector("[data-grid-resume]").addEventListener("click", () => this.resume());
  }

  resume() {
    if (this.closed) return;
    this.pause = null;
    this.errors = 0;
    this.wake();
  }

  async wake() {
    if (this.busy || this.pause || this.closed) return;
    this.busy = true;
    let row = this.grid.nextToSend();
    while (row && !this.pause && !this.closed) {
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
    if (response.status === 409 && answer) return this.grid.close("other");
    if ([429, 502, 503, 504].includes(response.status)) return this.stop("busy", row, Number(response.headers.get("Retry-After")));
    if (!answer) return this.fail(row, saving);
    this.errors = 0;
    this.banner.hidden = true;
    if (!row.tr.isConnected) return undefined; // deleted meanwhile
    if (!saving && (row.wanted || row.version !== version)) return row.giveBack(); // typed on, or to be saved by now
    row.take(answer);
    if (!saving) this.grid.tell(row); // what became of a whole save is said once, at its end
    return undefined;
  }

  formOf(row) {
    const form = new URLSearchParams({ village: this.box.dataset.village, typed_by: this.box.dataset.user, key: row.key });
    if (row.sure) form.set("sure", "on");
    if (row.fill) form.set("fill", "on");
    for (const [key, text] of Object.entries(row.cells)) form.set(`cell_${key}`, text);
    return form;
  }

  // Something broke behind the page: one row is passed over, several are not the rows' fault.
  fail(row, saving) {
    this.errors += 1;
    if (this.errors >= ERRORS_IN_A_ROW) this.stop("broken", row);
    else if (saving) row.fail("服务器出错,这一行没有存上,内容还在。请再点“保存全部”;还不行请联系管理员。");
    else row.fail("服务器出错,这一行没有检查,内容还在。可以接着填,保存时会再检查。");
  }

  stopForGood(words) {
    this.closed = true;
    clearTimeout(this.timer);
    this.banner.querySelector("[data-words]").textContent = words;
    this.banner.querySelector("[data-grid-reload]").hidden = false;
    this.banner.querySelectorAll("[data-login-link], [data-grid-resume]").forEach((part) => { part.hidden = true; });
    this.banner.hidden = false;
  }

  // ``seconds``: how long the server asks us to wait
  stop(reason, row, seconds = 0) {
    const pause = PAUSES[reason];
    row.giveBack();
    this.pause = reason;
    if (this.banner.hidden || this.shown !== reason) { // said once, not with every attempt
      this.banner.querySelector("[data-words]").textContent = pause.words;
      this.banner.querySelector("[data-login-link]").hidden = !pause.login;
      this.banner.querySelector("[data-grid-resume]").hidden = Boolean(pause.again);
      this.banner.hidden = false;
      this.shown = reason;
    }
    clearTimeout(this.timer);
    if (pause.again) this.timer = setTimeout(() => this.resume(), Math.max(pause.again, Math.min(seconds || 0, 60) * 1000));
  }
}
