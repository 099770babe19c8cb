// Targets page: the sum of the numbers as they are typed, and filling them from the register, the stock or a percentage.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const ladder = document.querySelector(".ladder");
  const boxes = [...document.querySelectorAll("td input.quantity")];
  if (!ladder || !boxes.length) return;
  const goal = ladder.dataset.sum === "" ? null : Number(ladder.dataset.sum);
  const figure = (number) => number.toLocaleString("en-US");

  function sum() {
    const total = boxes.reduce((all, box) => all + (Number(box.value) || 0), 0);
    document.querySelectorAll("[data-sum-of]").forEach((place) => { place.textContent = figure(total); });
    const left = document.querySelector("[data-sum-left]");
    if (goal === null || !left) return;
    left.textContent = total > goal ? `多 ${figure(total - goal)}` : figure(goal - total);
    left.closest(".card-number").classList.toggle("is-due", total !== goal);
  }

  document.addEventListener("input", (event) => { if (event.target.matches("input.quantity")) sum(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    boxes.forEach((box) => { box.value = box.closest("td").dataset[button.dataset.fill]; });
    if (basis) basis.value = button.dataset.basis || "count";
    fromToday();
    byPercent();
    sum();
  });

  // Of a percentage the numbers follow from the base: they are shown, the server counts them itself.
  const basis = document.querySelector("select[name=basis]");
  const percent = document.querySelector("input[name=percent]");
  function byPercent() {
    const of = basis && basis.value === "percent";
    if (percent) percent.disabled = !of;
    document.querySelectorAll("[data-base] input.quantity").forEach((box) => {
      box.readOnly = of;
      const base = Number(box.closest("[data-base]").dataset.base);
      if (of && percent.value) box.value = Math.ceil(base * percent.value / 100 - 1e-9);
    });
    sum();
  }
  // Stock to clear is what lies there now: only doses from today on clear it.
  const start = document.querySelector("input[name=starts_on]");
  const wasStock = basis && basis.value === "stock";
  function fromToday() {
    if (basis && basis.value === "stock" && !wasStock && start) start.value = start.form.dataset.today;
  }
  if (basis) basis.addEventListener("input", fromToday);
  [basis, percent].forEach((field) => field && field.addEventListener("input", byPercent));
  byPercent();
  sum();
});
