// The offline checker: keeps itself and the public lists in the browser, and checks texts that are scanned, typed or photographed.
"use strict";

(async () => {
  const page = document.querySelector("[data-offline]");
  const answer = document.querySelector("[data-answer]");
  const state = document.querySelector("[data-state]");
  const form = document.querySelector("[data-check]");
  const say = (text) => { state.textContent = text; };
  if (!window.isSecureContext || !window.caches || !window.DecompressionStream) {
    say("这台设备或这个网址不支持离线核验(需要 https 网址和新版浏览器)。请用联网核验。");
    return;
  }

  let trust = null;
  const lists = page.dataset.trust;
  async function refresh() {
    const kept = await caches.open("verify");
    try {
      const fresh = await fetch(lists, { cache: "no-store" });
      if (!fresh.ok) throw new Error(String(fresh.status));
      await kept.put(lists, fresh.clone());
      trust = await fresh.json();
    } catch {
      const old = await kept.match(lists);
      trust = old ? await old.json() : null;
    }
    if (!trust) { say("还没有下载核验名单,请先联网打开一次本页。"); return; }
    const made = new Date(trust.made_at);
    const days = Math.floor((Date.now() - made) / 86400000);
    say(`核验名单:${made.toLocaleString("zh-CN", { hour12: false })}${days > 7 ? `,已 ${days} 天没有更新,请尽快联网打开本页` : ""}`);
  }
  async function keep() {
    await navigator.serviceWorker.register(page.dataset.worker, { scope: page.dataset.scope });
    const parts = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")].map((part) => part.src || part.href);
    await (await caches.open("verify")).addAll([location.href, ...parts]);
  }
  const ready = refresh();
  form.addEventListener("submit", async (event) => { // from the first moment: a text sent as a form would stand in the address
    event.preventDefault();
    const field = form.elements.text;
    await ready;
    const sealed = field.value;
    if (!trust) return; // what was typed stays
    field.value = "";
    if (sealed.trim()) show(sealed);
  });
  await ready;
  if (navigator.onLine) keep().catch(() => {});
  window.addEventListener("online", refresh);

  const text = (tag, words, className) => {
    const node = document.createElement(tag);
    node.textContent = words;
    if (className) node.className = className;
    return node;
  };
  async function show(sealed) {
    const { code, content } = await Seal.check(sealed, trust, new Date());
    const [tone, word, advice] = trust.words[code];
    const box = text("section", "", `answer answer-${tone}`);
    box.append(text("p", word, "answer-word"), text("p", advice, "answer-reason"));
    if (content) {
      const list = text("ul", "", "plain-list");
      list.append(text("li", `${content.name} ${content.masked} ${content.birth} 出生`), text("li", `签发:${content.issuer}`));
      content.doses.forEach((dose) => list.append(text("li", `第${dose.n}剂 ${dose.on} ${dose.product} 批号 ${dose.lot || "不详"} ${dose.place}`)));
      box.append(list);
    }
    answer.replaceChildren(box);
    box.tabIndex = -1;
    box.focus();
  }

  // Phones whose browser reads QR codes itself may use the camera; others use a scanner that types.
  const camera = document.querySelector("[data-camera]");
  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    camera.hidden = false;
    camera.addEventListener("click", async () => {
      const picture = document.querySelector("[data-picture]");
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const reader = new BarcodeDetector({ formats: ["qr_code"] });
      picture.hidden = false;
      picture.srcObject = stream;
      await picture.play();
      const stop = () => { stream.getTracks().forEach((track) => track.stop()); picture.hidden = true; };
      const look = async () => {
        const [found] = await reader.detect(picture);
        if (!found) { setTimeout(look, 200); return; }
        stop();
        show(found.rawValue);
      };
      look();
    });
  }
})();
