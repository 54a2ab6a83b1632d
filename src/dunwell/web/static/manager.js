// Choosing many rows, and dragging them onto an agent. Without this, boxes and buttons do the same.
//
// data-chooses          a row's box; data-chooses-all="form" chooses all of that form
// data-chosen           shows how many are chosen; data-text has # for the number
// data-drags="number"   a row that can be dragged; it and the other chosen ones go together
// data-drops="agent"    where they can be dropped: the agent is chosen, and the reason asked for
"use strict";

const boxes = (form) => [...document.querySelectorAll(`[data-chooses][form="${form}"]`)];

function count() {
  const number = document.querySelectorAll("[data-chooses]:checked").length;
  document.querySelectorAll("[data-chosen]").forEach((each) => {
    each.textContent = number ? each.dataset.text.replace("#", number) : "";
  });
  document.querySelectorAll("[data-chooses-all]").forEach((all) => {
    const found = boxes(all.dataset.choosesAll);
    const chosen = found.filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === found.length;
    all.indeterminate = chosen > 0 && chosen < found.length;
  });
}

let last = null;

document.addEventListener("click", (event) => {
  const box = event.target.closest && event.target.closest("[data-chooses]");
  if (!box) return;
  if (event.shiftKey && last && last.form === box.form) {
    const found = boxes(box.getAttribute("form"));
    const [from, to] = [found.indexOf(last), found.indexOf(box)].sort((a, b) => a - b);
    found.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
  }
  last = box;
  count();
});

document.addEventListener("change", (event) => {
  const all = event.target.dataset && event.target.dataset.choosesAll;
  if (all) boxes(all).forEach((box) => { box.checked = event.target.checked; });
  count();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const row = event.target.closest("[data-row]");
  const box = row && row.querySelector("[data-chooses]");
  if (box) { box.checked = !box.checked; last = box; count(); }
});

document.addEventListener("dragstart", (event) => {
  const row = event.target.closest && event.target.closest("[data-drags]");
  if (!row) return;
  const box = row.querySelector("[data-chooses]");
  if (box && !box.checked) { box.checked = true; count(); }
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", row.dataset.drags);
});

const target = (event) => event.target.closest && event.target.closest("[data-drops]");

document.addEventListener("dragover", (event) => {
  const over = target(event);
  document.querySelectorAll(".dropping").forEach((each) => { if (each !== over) each.classList.remove("dropping"); });
  if (over) { event.preventDefault(); over.classList.add("dropping"); }
});

document.addEventListener("drop", (event) => {
  const on = target(event);
  document.querySelectorAll(".dropping").forEach((each) => each.classList.remove("dropping"));
  if (!on) return;
  event.preventDefault();
  const agent = on.querySelector("[name=agent_to]");
  agent.checked = true;
  const form = document.getElementById(agent.getAttribute("form"));
  if (form.checkValidity()) form.requestSubmit();
  else form.elements.namedItem("reason").focus();
});

document.addEventListener("dragend", () => {
  document.querySelectorAll(".dropping").forEach((each) => each.classList.remove("dropping"));
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-chooses-all]").forEach((each) => { each.hidden = false; });
  count();
});
