// Counts down to data-deadline by the server's clock: data-now is the server's time when the page was made.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const loaded = performance.now();
  const boxes = [...document.querySelectorAll("[data-deadline]")];
  if (!boxes.length) return;
  const two = (n) => String(n).padStart(2, "0");
  const words = (seconds) => {
    const [days, hours, minutes] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60].map(Math.floor);
    if (days) return `还有 ${days} 天 ${hours} 小时`;
    if (hours) return `还有 ${hours} 小时 ${minutes} 分钟`;
    return `还有 ${two(minutes)}:${two(seconds % 60)}`; // seconds matter in the last hour only
  };
  const show = () => boxes.forEach((box) => {
    const passed = performance.now() - loaded;
    const left = Math.floor((Date.parse(box.dataset.deadline) - Date.parse(box.dataset.now) - passed) / 1000);
    box.textContent = left > 0 ? words(left) : box.dataset.over;
  });
  show();
  setInterval(show, 1000);
});
