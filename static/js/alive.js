// Before a log-in ends because nobody does anything, the page says so; whoever types is not thrown out; and when it has ended,
// what stood on the screen goes away with it.
"use strict";

(() => {
  const { alive, idle, login } = document.body.dataset;
  const WARN = 120, LOOK = 30; // seconds
  let used = 0, told = Date.now(), deadline = told + idle * 1000, bar = null; // opening the page was a deed
  ["keydown", "pointerdown", "input"].forEach((name) => {
    document.addEventListener(name, () => { used = Date.now(); }, { passive: true, capture: true });
  });
  // A part that fetches itself anew is nobody's deed (see accounts/log_ins.py).
  document.addEventListener("htmx:configRequest", (event) => {
    const by = event.detail.triggeringEvent;
    if (by && by.type === "hx:poll:trigger") event.detail.headers["X-Polled"] = "1";
  });
  const ask = async () => {
    const isUsed = used > told;
    const answer = await fetch(alive, { headers: isUsed ? {} : { "X-Polled": "1" }, cache: "no-store", redirect: "manual" });
    if (!answer.ok) { // to the log-in page, which says why; not fetched here, for it says so once
      location.assign(`${login}?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    const { left } = await answer.json();
    told = Date.now();
    deadline = told + left * 1000;
  };
  const show = (left) => {
    if (!bar) {
      bar = document.createElement("div");
      bar.className = "alive-bar no-print";
      bar.setAttribute("role", "alert");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-primary btn-sm";
      button.textContent = "继续使用";
      bar.append(document.createElement("span"), button);
      document.body.append(bar);
    }
    bar.hidden = left > WARN;
    const minutes = Math.max(1, Math.ceil(left / 60));
    if (!bar.hidden) bar.firstChild.textContent = `再过 ${minutes} 分钟将自动退出,没有保存的内容会丢失。`;
  };
  const look = async () => {
    const left = () => (deadline - Date.now()) / 1000;
    try {
      if ((used > told && Date.now() - told > 2 * LOOK * 1000) || left() <= WARN) await ask();
    } catch { return; } // the line is down: nothing can be said
    if (left() <= WARN || bar) show(left());
  };
  setInterval(look, LOOK * 1000);
  document.addEventListener("click", (event) => { if (bar && bar.contains(event.target)) { used = Date.now(); ask().then(() => show((deadline - Date.now()) / 1000)); } });
})();
