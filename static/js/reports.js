// Targets page: the sum of the numbers as they are typed, and filling them from the register.
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
    sum();
  });
  sum();
});
