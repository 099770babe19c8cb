// The observation board: says in the tab and, if wanted, by a tone that somebody may go or that there is an alarm, and
// admits it when the server does not answer. The sound only repeats what stands on the screen in words.
"use strict";

(() => {
  const sound = document.querySelector("[data-sound]");
  const offline = document.querySelector("[data-offline]");
  const title = document.title;
  let before = null;
  sound.checked = localStorage.getItem("vax-board-sound") === "1";
  let audio = null;
  const tone = (hertz) => {
    if (!sound.checked) return;
    audio = audio || new AudioContext();
    const beep = audio.createOscillator();
    beep.frequency.value = hertz;
    beep.connect(audio.destination);
    beep.start();
    beep.stop(audio.currentTime + 0.4);
  };
  sound.addEventListener("change", () => {
    localStorage.setItem("vax-board-sound", sound.checked ? "1" : "0");
    tone(660); // browsers allow sound only after a click: this is the click, and shows how it sounds
  });
  const look = () => {
    const line = document.querySelector("[data-due-count]");
    if (!line) return;
    const now = { due: Number(line.dataset.dueCount), alarm: Number(line.dataset.alarmCount) };
    document.title = now.due || now.alarm ? `(${now.due}${now.alarm ? "!" : ""}) ${title}` : title;
    if (before && now.alarm > before.alarm) tone(880);
    else if (before && now.due > before.due) tone(660);
    before = now;
  };
  document.addEventListener("htmx:afterSettle", () => { offline.hidden = true; look(); });
  document.addEventListener("htmx:sendError", () => { offline.hidden = false; });
  document.addEventListener("htmx:responseError", () => { offline.hidden = false; });
  look();
})();
