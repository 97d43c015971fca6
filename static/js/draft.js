// A section that is typed: kept on the server as it grows, and in this browser until the server has it.
import { word } from "./words.js";

const AFTER_MS = 800;
const AGAIN_MS = 20_000; // also the sign by which others see that somebody edits

export function start(form) {
  const area = form.querySelector("textarea");
  const says = form.querySelector("[data-kept]");
  const base = form.querySelector("[name=base_version]");
  const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const key = `draft:${form.dataset.draft}:${form.dataset.section}`;
  const left = localStorage.getItem(key);
  if (left !== null && left !== area.value) area.value = left;
  let timer = 0;
  let leaving = false;
  const keep = async () => {
    clearTimeout(timer);
    if (leaving || !form.isConnected) return;
    const text = area.value;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        headers: { "X-CSRFToken": token, Accept: "application/json" },
        body: new URLSearchParams({ section: form.dataset.section, text, base_version: base.value }),
      });
      const told = await answer.json();
      says.textContent = told.held || told.error || told.saved;
      if (answer.ok && area.value === text) localStorage.removeItem(key);
    } catch {
      says.textContent = word("kept_here");
    }
    if (form.isConnected && !leaving) timer = setTimeout(keep, AGAIN_MS);
  };
  area.addEventListener("input", () => {
    localStorage.setItem(key, area.value);
    clearTimeout(timer);
    timer = setTimeout(keep, AFTER_MS);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    localStorage.removeItem(key);
  });
  keep();
}
