// What was typed into a form when the session had ended: this tab keeps it during the login, opens the
// form again, and fills it in. Nothing is sent by itself; no password is kept, and nothing secret.
"use strict";

const UNSENT = "dunwell-unsent";
const atLogin = location.pathname === "/login";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (atLogin || form.method !== "post" || form.querySelector("[type=password]")) return;
  const secret = (name) => [...form.elements].some((each) => each.name === name && "secret" in each.dataset);
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !secret(name));
  const isPage = form.matches("[aria-labelledby=doing-title]");
  const there = isPage ? form.action : location.href;
  sessionStorage.setItem(UNSENT, JSON.stringify({ action: form.action, there, fields, button: form.dataset.redrawn, lost: false, tried: false }));
}, true);

// an answer came: it is sent
document.addEventListener("htmx:after:request", (event) => {
  const answer = event.detail && event.detail.ctx && event.detail.ctx.response;
  if (answer && answer.status !== 401) sessionStorage.removeItem(UNSENT);
});

function fillIn(form, fields) {
  for (const each of form.elements) if (each.type === "checkbox") each.checked = false;
  for (const [name, value] of fields) {
    for (const each of form.elements) {
      if (each.name !== name || each.type === "hidden") continue;
      if (each.type === "checkbox" || each.type === "radio") { if (each.value === value) each.checked = true; }
      else each.value = value;
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

// A form that may have had more rows than its page: the server draws it with all that was typed, by a
// button (`data-redrawn`) that saves nothing.
function redraw(kept) {
  const again = document.createElement("form");
  again.method = "post";
  again.action = kept.action;
  for (const [name, value] of [...kept.fields, ["do", kept.button]]) {
    const each = document.createElement("input");
    [each.type, each.name, each.value] = ["hidden", name, value];
    again.append(each);
  }
  document.body.append(again);
  again.submit();
}

document.addEventListener("DOMContentLoaded", () => {
  const kept = JSON.parse(sessionStorage.getItem(UNSENT) || "null");
  if (!kept) return;
  const keep = () => sessionStorage.setItem(UNSENT, JSON.stringify(kept));
  if (atLogin) { kept.lost = true; keep(); return; }
  if (kept.lost && kept.button && !kept.drawn) { kept.drawn = true; keep(); redraw(kept); return; }
  const form = kept.lost && [...document.forms].find((each) => each.method === "post" && each.action === kept.action);
  if (kept.lost && !form && !kept.tried) { kept.tried = true; keep(); location.assign(kept.there); return; }
  sessionStorage.removeItem(UNSENT);
  if (!form) return;
  if (!kept.drawn) fillIn(form, kept.fields);
  const said = document.createElement("p");
  said.className = "flash warn";
  said.textContent = document.body.dataset.unsent;
  document.getElementById("flash").replaceChildren(said);
  const button = form.querySelector("button");
  if (button) button.focus();
});
