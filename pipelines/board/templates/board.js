"use strict";
const body = document.body;
// Something new was published: a page on the latest moment loads itself, one on a past moment or with a form begun says so.
async function look() {
  if (!body.dataset.stamp || document.hidden) return;
  try {
    const answer = await fetch("stamp", { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const { stamp, waiting } = await answer.json();
    const badge = document.getElementById("waiting");
    if (badge) badge.textContent = waiting || "";
    if (stamp === body.dataset.stamp) return;
    const isBusy = document.querySelector("form.begun") || new URLSearchParams(location.search).get("t");
    if (isBusy) document.getElementById("fresh").hidden = false;
    else location.reload();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no answer now: asked again in half a minute
  }
}
look();
setInterval(look, 30000);
// Whoever goes back to a form that was sent finds it as it was, and may send it.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
document.getElementById("reload").addEventListener("click", () => location.reload());
document.addEventListener("input", (event) => event.target.form?.classList.add("begun"));
for (const form of document.querySelectorAll('form[method="post"]'))
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes"; // a double click sends once; the form's token sees to the rest
  });
document.getElementById("filters")?.addEventListener("change", (event) => {
  if (event.target.tagName === "SELECT") event.target.form.requestSubmit();
});
document.getElementById("filters")?.addEventListener("submit", (event) => {
  for (const field of event.target.elements) if (!field.value) field.disabled = true;
});
function countDown() {
  for (const one of document.querySelectorAll("time.count")) {
    const minutes = Math.floor((new Date(one.dateTime) - new Date()) / 60000);
    one.textContent = minutes < 0 ? "" : minutes < 60 ? `还有 ${minutes} 分钟` : minutes < 2880 ? `还有 ${Math.floor(minutes / 60)} 小时` : `还有 ${Math.floor(minutes / 1440)} 天`;
  }
}
countDown();
setInterval(countDown, 60000);
// Arrow keys go from cell to cell, / to the search field.
document.addEventListener("keydown", (event) => {
  const typing = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  if (event.key === "/" && !typing) {
    document.querySelector('#filters [name="words"]')?.focus();
    event.preventDefault();
    return;
  }
  const cell = event.target.closest?.("#matrix td, #matrix th");
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!cell || !steps || typing) return;
  let row = cell.parentElement, column = cell.cellIndex + steps[1];
  const rows = [...document.querySelectorAll("#matrix tbody tr:not(.city)")];
  for (let place = rows.indexOf(row) + steps[0]; place >= 0 && place < rows.length; place += steps[0]) {
    const link = rows[place].cells[column]?.querySelector("a");
    if (link) { link.focus(); break; }
    if (!steps[0]) { column += steps[1]; if (!rows[place].cells[column]) break; }
  }
  event.preventDefault();
});
