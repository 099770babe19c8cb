// The floor by keyboard: answering questions, ticking the checklist, signing, counting down on the server's clock.
"use strict";

(() => {
  const typing = (target) => target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
  const plain = (event) => !(event.ctrlKey || event.altKey || event.metaKey);

  // --- a scanner types like a very fast hand: what it types outside a field must never tick, confirm or check in.
  // Single keys wait 60 ms; four or more in a row are a scan, which goes to the search field, or nowhere.
  let held = [];
  let heldAt = 0;
  let burst = null; // quick keys inside a field, see below
  let timer = 0;
  let replaying = false;
  const replay = () => {
    const keys = held;
    held = [];
    replaying = true;
    keys.forEach(([target, key]) => {
      target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    });
    replaying = false;
  };
  const settle = () => {
    if (held.length < 4) return replay();
    const scan = document.querySelector("[data-scan] input[name=q]");
    if (scan) {
      scan.value = held.map(([, key]) => key).join("");
      burst = { field: scan, before: "", text: scan.value, at: heldAt }; // a slow machine passes the rest on later
      scan.focus();
    }
    held = [];
    return undefined;
  };
  document.addEventListener("keydown", (event) => {
    const single = event.key.length === 1 && event.key !== " ";
    if (replaying || typing(event.target) || !plain(event) || !(single || (event.key === "Enter" && held.length))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    clearTimeout(timer);
    if (event.key !== "Enter") {
      held.push([event.target, event.key]);
      heldAt = event.timeStamp;
      timer = setTimeout(settle, 60);
      return;
    }
    const scanned = held.length >= 4;
    settle();
    if (scanned) {
      const form = document.querySelector("[data-scan]");
      if (form) form.requestSubmit();
    } else {
      replaying = true;
      event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      replaying = false;
    }
  }, true);

  // The same hand inside a field: eight quick keys and Enter are a scan. The field gets back what it held, the search box
  // gets the scan. A field that is meant to be scanned into says so (data-takes-scan).
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (replaying || !typing(field) || !plain(event) || field.matches("[data-takes-scan]")) return;
    const quick = burst && burst.field === field && event.timeStamp - burst.at < 60;
    if (event.key.length === 1) {
      if (!quick) burst = { field, before: field.value, text: "" };
      burst.text += event.key;
      burst.at = event.timeStamp;
      return;
    }
    if (event.key !== "Enter" || !quick || !/^[\w#-]{8,}$/.test(burst.text)) return;
    const form = document.querySelector("[data-scan]");
    const scan = form && form.querySelector("input[name=q]");
    if (!scan) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (field !== scan) {
      field.value = burst.before;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    scan.value = burst.text;
    form.requestSubmit();
  }, true);

  // --- screening: 0 = no, 1 = yes, then the next question; Enter in the temperature goes to the first one
  const screen = document.querySelector("[data-screen]");
  if (screen) {
    const asks = [...screen.querySelectorAll("[data-ask]")];
    const open = () => asks.find((ask) => !ask.querySelector("input[type=radio]:checked"));
    const go = (ask) => (ask || screen.querySelector("button[type=submit]")).focus();
    const answer = (ask, value) => {
      ask.querySelector(`input[type=radio][value="${value}"]`).checked = true;
      const more = ask.querySelector(".ask-more input, .ask-more select");
      if (value === "1" && more) more.focus();
      else go(asks[asks.indexOf(ask) + 1]);
    };
    screen.addEventListener("keydown", (event) => {
      const ask = event.target.closest("[data-ask]");
      if (event.key === "Enter" && event.target.matches("input") && open()) {
        event.preventDefault();
        go(open());
      } else if (ask && plain(event) && !typing(event.target) && "01".includes(event.key)) {
        event.preventDefault();
        answer(ask, event.key);
      }
    });
  }

  // --- the needle: 1, 2, 3 tick a group that is shown with its values, Enter records when nothing is left
  const dose = document.querySelector("[data-dose]");
  if (dose) {
    const lot = dose.querySelector("#id_lot");
    const part = dose.querySelector("#id_body_site");
    const groups = [...dose.querySelectorAll("[data-group]")];
    const boxes = [...dose.querySelectorAll(".check input")];
    const left = dose.querySelector("[data-left]");
    const button = dose.querySelector("[data-confirm-dose]");
    const show = () => {
      const chosen = lot.selectedOptions[0];
      dose.querySelectorAll("[data-shows]").forEach((place) => {
        const what = place.dataset.shows;
        place.textContent = what === "body_site" ? part.selectedOptions[0].textContent : chosen.dataset[what] || "";
      });
      dose.querySelector(".substitute").hidden = !chosen.dataset.substitute;
    };
    const count = () => {
      const missing = boxes.filter((box) => !box.checked).length;
      left.textContent = missing ? `还有 ${missing} 项没有核对` : "核对完毕,可以确认接种";
      groups.forEach((group) => group.classList.toggle("is-complete", !group.querySelector("input:not(:checked)")));
      if (!missing && !typing(document.activeElement)) button.focus();
    };
    const untick = () => { // another vial or arm in hand: look again
      boxes.forEach((box) => { box.checked = false; });
      show();
      count();
    };
    lot.addEventListener("change", untick);
    // a scanned trace code chooses the lot that it was registered with
    const code = dose.querySelector("#id_trace_code");
    if (code) code.addEventListener("change", () => {
      const usual = /(?:^|\D)(8\d{6})(\d{9})\d{4}(?:\D|$)/.exec(code.value);
      const fits = (span) => {
        const [stem, low, high] = span.split(/[:-]/);
        return stem === usual[1] && +usual[2] >= +low && +usual[2] <= +high;
      };
      const found = usual && [...lot.options].find((option) => option.dataset.codes.split(" ").some(fits));
      if (!found || found.selected) return;
      found.selected = true;
      lot.dispatchEvent(new Event("change"));
    });
    if (code) code.addEventListener("keydown", (event) => { // the scanner ends with Enter: that records nothing
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      code.dispatchEvent(new Event("change"));
      code.blur();
    });
    part.addEventListener("change", untick);
    dose.addEventListener("change", count);
    const tick = (group) => {
      group.querySelectorAll("input").forEach((box) => { box.checked = true; });
      count();
    };
    groups.forEach((group) => group.querySelector("legend").addEventListener("click", () => tick(group)));
    document.addEventListener("keydown", (event) => {
      if (!plain(event) || event.repeat || typing(event.target)) return;
      const group = groups.find((one) => one.dataset.group === event.key);
      if (group) {
        event.preventDefault();
        tick(group);
      } else if (event.key === "Enter" && event.target !== button && !event.target.closest("a, summary, button")) {
        event.preventDefault();
        if (boxes.every((box) => box.checked)) dose.requestSubmit(button);
        else boxes.find((box) => !box.checked).focus();
      }
    });
    show();
    count();
    if (document.activeElement === document.body) (dose.querySelector("[autofocus]") || groups[0].querySelector("input")).focus();
  }

  // --- a signature drawn with finger, pen or mouse becomes a PNG in the form
  const sign = document.querySelector("[data-sign]");
  if (sign) {
    const pad = sign.querySelector("canvas");
    const ink = pad.getContext("2d");
    const field = sign.querySelector("[name=signature]");
    let drawing = false;
    let drawn = false;
    ink.lineWidth = 4;
    ink.lineCap = "round";
    const at = (event) => {
      const box = pad.getBoundingClientRect();
      return [((event.clientX - box.left) * pad.width) / box.width, ((event.clientY - box.top) * pad.height) / box.height];
    };
    pad.addEventListener("pointerdown", (event) => {
      drawing = true;
      pad.setPointerCapture(event.pointerId);
      ink.beginPath();
      ink.moveTo(...at(event));
    });
    pad.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      drawn = true; // a tap is no signature
      ink.lineTo(...at(event));
      ink.stroke();
    });
    ["pointerup", "pointercancel"].forEach((end) => pad.addEventListener(end, () => { drawing = false; }));
    sign.querySelector("[data-clear]").addEventListener("click", () => {
      ink.clearRect(0, 0, pad.width, pad.height);
      drawn = false;
      field.value = "";
    });
    sign.addEventListener("submit", () => { field.value = drawn ? pad.toDataURL("image/png") : ""; });
  }

  // --- clocks: the difference to the server's time is measured once per answer, the rest is counting
  let offset = 0;
  const measure = () => {
    const clock = document.querySelector("[data-now]");
    if (clock) offset = Number(clock.dataset.now) * 1000 - Date.now();
  };
  const two = (number) => String(number).padStart(2, "0");
  const tick = () => {
    document.querySelectorAll("[data-due]").forEach((place) => {
      const seconds = Math.round(Number(place.dataset.due) - (Date.now() + offset) / 1000);
      const away = Math.abs(seconds);
      const text = `${Math.floor(away / 60)}:${two(away % 60)}`;
      place.textContent = seconds > 0 ? `还有 ${text}` : `已超 ${text}`;
    });
  };
  measure();
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSettle", () => { measure(); tick(); });
})();
