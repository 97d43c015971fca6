// What differs by who looks, in parts that are pushed alike to everybody.
let drawnAt = null;

export function personal() {
  const me = document.body.dataset.person;
  for (const node of document.querySelectorAll("[data-not-person]")) node.hidden = node.dataset.notPerson === me;
  for (const node of document.querySelectorAll("[data-only-person]")) node.hidden = node.dataset.onlyPerson !== me;
  const strip = document.getElementById("editors");
  if (!strip) return;
  drawnAt ??= strip.dataset.version;
  const newer = strip.querySelector("[data-newer]");
  if (newer) newer.hidden = Number(strip.dataset.version) <= Number(drawnAt);
}

export function start() {
  personal();
  document.addEventListener("fragment", personal);
}
