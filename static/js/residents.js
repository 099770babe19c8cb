// The register: what the number tells is filled in, fields that do not apply rest, a signature is drawn.
"use strict";

// Birth date and sex from a correct number, only where nothing was typed.
document.addEventListener("htmx:afterSwap", (event) => {
  const told = event.target.id === "checked" && event.target.querySelector("[data-birth], [data-sex]");
  if (!told) return;
  for (const [id, value] of [["id_birth_date", told.dataset.birth], ["id_sex", told.dataset.sex]]) {
    const field = document.getElementById(id);
    if (field && value && (!field.value || field.dataset.filled)) {
      field.value = value;
      field.dataset.filled = "1";
    }
  }
});
document.addEventListener("input", (event) => { delete event.target.dataset.filled; });

// A person without any document has a reason and a guarantor instead of a number; a passport may be of any country;
// only who lives elsewhere has a place there.
const ANY_COUNTRY = ["03", "P0", "P1", "99"];
function showForType() {
  const type = document.getElementById("id_id_type");
  const residence = document.getElementById("id_residence");
  if (!type || !residence) return;
  const show = (name, shown) => document.querySelectorAll(name).forEach((box) => { box.hidden = !shown; });
  show(".for-document", type.value !== "N0");
  show(".for-none", type.value === "N0");
  show(".for-any-country", ANY_COUNTRY.includes(type.value));
  show(".for-elsewhere", residence.value !== "local" || document.getElementById("id_away_place").value !== "");
}
document.addEventListener("change", (event) => { if (["id_id_type", "id_residence"].includes(event.target.id)) showForType(); });

// The export asks for what the list shows now, whose filters stand in the address.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sameQuery !== undefined) form.action = form.action.split("?")[0] + location.search;
}, true);

function signaturePad(box) {
  const canvas = box.querySelector("canvas");
  const value = document.querySelector("[data-signature-value]");
  const channel = document.getElementById("id_channel");
  const paper = document.getElementById("div_id_paper_no");
  const pen = canvas.getContext("2d");
  pen.lineWidth = 3;
  pen.lineCap = "round";
  let drawing = false;
  const at = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) * canvas.width / frame.width, (event.clientY - frame.top) * canvas.height / frame.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    drawing = false;
    value.value = canvas.toDataURL("image/png");
  });
  box.querySelector("[data-signature-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    value.value = "";
  });
  const show = () => {
    box.hidden = channel.value !== "tablet";
    if (paper) paper.hidden = channel.value === "tablet";
  };
  channel.addEventListener("change", show);
  show();
}

document.addEventListener("DOMContentLoaded", () => {
  showForType();
  document.querySelectorAll("[data-signature]").forEach(signaturePad);
});
