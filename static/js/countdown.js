// Counts down to data-deadline by the server's clock: data-now is the server's time when the page was made.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const loaded = performance.now();
  const boxes = [...document.querySelectorAll("[data-deadline]")];
  if (!boxes.length) return;
  const two = (n) => String(n).padStart(2, "0");
  const words = (seconds) => {
    const days = Math.floor(seconds / 86400);
    const rest = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return `还有 ${days ? `${days} 天 ` : ""}${rest}`;
  };
  const show = () => boxes.forEach((box) => {
    const passed = performance.now() - loaded;
    const left = Math.floor((Date.parse(box.dataset.deadline) - Date.parse(box.dataset.now) - passed) / 1000);
    box.textContent = left > 0 ? words(left) : box.dataset.over;
  });
  show();
  setInterval(show, 1000);
});
