// Keys and small conveniences; every page works without them.
//
// data-key="x"     the key clicks (or focuses) the element; in a dialog's help, list it under "keys"
// data-go="x"      g, then x, follows the link
// data-rows        a list whose rows (data-row) are walked with j and k; Enter opens a row's link
// data-open-row    on what is open beside it: the data-row-link of its row
// data-opens="id"  opens the dialog; data-closes closes it; data-dismisses removes its message
// data-submits     a field that sends its form when it changes
// data-moment      a time, rewritten in the browser's own zone
"use strict";

let going = 0;

const typing = (element) =>
  element && (element.isContentEditable || element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"));

function press(element) {
  if (element.matches("input, textarea, select")) { element.focus(); if (element.select) element.select(); }
  else element.click();
}

function visible(selector) {
  const within = document.querySelector("dialog[open]") || document;
  return [...within.querySelectorAll(selector)].find((each) => each.offsetParent !== null || each.closest("dialog[open]"));
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const chosen = rows.findIndex((row) => row.querySelector("[aria-current]"));
  const from = at >= 0 ? at : chosen;
  const row = rows[Math.max(0, Math.min(rows.length - 1, from < 0 ? 0 : from + step))];
  const link = row.querySelector("[data-row-link]") || row.querySelector("a, button");
  if (link) { link.focus(); row.scrollIntoView({ block: "nearest" }); }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key;
  if (key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((each) => each.removeAttribute("open"));
    if (typing(event.target)) { event.target.blur(); return; }
    const closer = visible("[data-key=Escape]");
    if (closer && !document.querySelector("dialog[open]")) { event.preventDefault(); press(closer); }
    return;
  }
  if (typing(event.target)) return;
  if (going && Date.now() - going < 1500) {
    going = 0;
    const link = visible(`[data-go="${CSS.escape(key)}"]`);
    if (link) { event.preventDefault(); link.click(); return; }
  }
  if (key === "g") { going = Date.now(); return; }
  if ((key === "j" || key === "k") && walk(key === "j" ? 1 : -1)) { event.preventDefault(); return; }
  const named = key === "/" ? "[data-key='/'], [type=search]" : `[data-key="${CSS.escape(key)}"]`;
  const element = visible(named);
  if (element) { event.preventDefault(); press(element); }
});

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest && event.target.closest(selector);
  const opener = at("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  if (at("[data-closes]")) at("dialog").close();
  if (event.target.matches && event.target.matches("dialog[open]")) event.target.close();
  if (at("[data-dismisses]")) at("[data-dismisses]").parentElement.remove();
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.removeAttribute("open"); });
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

// what belongs to a choice that isn't made is neither checked nor sent: nobody could correct it
document.addEventListener("input", (event) => {
  const parts = event.target.form ? event.target.form.querySelectorAll("[data-with]") : [];
  for (const part of parts) for (const each of part.querySelectorAll("input, select")) each.disabled = getComputedStyle(part).display === "none";
});

function localize(within) {
  const locale = document.documentElement.lang;
  within.querySelectorAll("time[data-moment]").forEach((each) => {
    each.textContent = new Date(each.dateTime).toLocaleString(navigator.language.startsWith(locale) ? navigator.language : locale, { dateStyle: "short", timeStyle: "short" });
    each.removeAttribute("data-moment");
  });
}

let shown = null;

// the row of what is open beside the list
function mark() {
  const panel = document.querySelector("[data-open-row]");
  document.querySelectorAll("[data-row-link]").forEach((each) => {
    if (panel && each.dataset.rowLink === panel.dataset.openRow) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  });
  // on a narrow screen it stands above the list
  if (panel && panel.dataset.openRow !== shown) {
    shown = panel.dataset.openRow;
    if (matchMedia("(max-width: 60rem)").matches) panel.scrollIntoView();
  }
}

// what had the focus may be gone after a swap; then the nearest part around it that is still there,
// and says something, gets it, so that Tab goes on from there
let around = [];

function keep() {
  around = [];
  for (let at = document.activeElement; at && at !== document.body; at = at.parentElement) if (at.id) around.push(at.id);
}

function refocus() {
  if (document.activeElement !== document.body) return;
  const part = around.map((id) => document.getElementById(id)).find((each) => each && each.textContent.trim());
  if (!part) return;
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
}

document.addEventListener("DOMContentLoaded", () => localize(document));
document.addEventListener("htmx:before:swap", keep);
document.addEventListener("htmx:after:swap", () => { localize(document); mark(); refocus(); });
// a link that looks like a button is pressed like one
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches("a[role=button]")) { event.preventDefault(); event.target.click(); }
});
