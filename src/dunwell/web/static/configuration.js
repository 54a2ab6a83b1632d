// The configuration's forms: checked while one types, and rows that are dragged to another place.
// Without it, saving checks and buttons move rows.
"use strict";

const form = document.getElementById("part");
// a form that was drawn by one of its buttons is a page like any other: the browser's way back leads
// to it without asking whether to send it again
if (form && form.dataset.page) {
  const page = new URL(form.dataset.page, location.href);
  history.replaceState(null, "", page.pathname === location.pathname ? location.href : page);
}

let waiting = 0;
let asked = 0;

async function check() {
  const number = ++asked;
  const answer = await fetch(form.dataset.checked, {
    method: "POST", body: new URLSearchParams(new FormData(form)),
    headers: { "HX-Request": "true", "HX-Request-Type": "partial" }, redirect: "manual",
  });
  if (!answer.ok || number !== asked) return;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const each of told.querySelectorAll("[hx-swap-oob]")) {
    const there = document.getElementById(each.id);
    if (!there) continue;
    there.replaceChildren(...(each.id === "schedule" ? each.querySelector("#schedule") || each : each).childNodes);
    const field = document.getElementById("f-" + each.id.slice(2));
    if (each.matches("small")) there.className = each.className;
    if (!field) continue;
    if (each.textContent !== "" && each.className === "error") field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

function soon() { clearTimeout(waiting); waiting = setTimeout(check, 400); }

// also what belongs to the form and stands beside it
if (form && form.dataset.checked) {
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => { if (event.target === form || event.target.form === form) soon(); });
  }
}

// Names of fields carry the row's number; what is dragged exchanges the rows' contents.
function fields(row) { return [...row.querySelectorAll("input, select, textarea")]; }

function take(row) { return fields(row).map((each) => (each.type === "checkbox" ? each.checked : each.value)); }

function give(row, values) {
  fields(row).forEach((each, index) => {
    if (each.type === "checkbox") each.checked = values[index]; else each.value = values[index];
  });
}

function isBlank(values) { return values.every((each) => each === "" || typeof each === "boolean"); }

function place(body, from, to) {
  const rows = [...body.querySelectorAll("[data-sorted]")];
  const values = rows.map(take);
  const [moved] = values.splice(from, 1);
  values.splice(to, 0, moved);
  const day = fields(rows[0]).findIndex((each) => each.name.endsWith(".day"));
  if (day >= 0) {
    const before = values[to - 1], after = values[to + 1];
    if (before && !isBlank(before) && Number(before[day]) > Number(moved[day])) moved[day] = before[day];
    if (after && !isBlank(after) && Number(after[day]) < Number(moved[day])) moved[day] = after[day];
  }
  rows.forEach((row, index) => give(row, values[index]));
  soon();
}

for (const body of document.querySelectorAll("[data-sortable]")) {
  let from = -1;
  const index = (row) => [...body.querySelectorAll("[data-sorted]")].indexOf(row);
  for (const row of body.querySelectorAll("[data-sorted]")) {
    const grip = row.querySelector("[data-grip]");
    grip.draggable = true;
    grip.addEventListener("dragstart", (event) => { from = index(row); row.classList.add("dragged"); event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", String(from)); });
    grip.addEventListener("dragend", () => { row.classList.remove("dragged"); body.querySelectorAll(".over").forEach((each) => each.classList.remove("over")); });
    row.addEventListener("dragover", (event) => { if (from >= 0) { event.preventDefault(); row.classList.add("over"); } });
    row.addEventListener("dragleave", () => row.classList.remove("over"));
    row.addEventListener("drop", (event) => { event.preventDefault(); row.classList.remove("over"); if (from >= 0 && index(row) !== from) place(body, from, index(row)); from = -1; });
  }
}
