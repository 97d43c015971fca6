// A short confirmation. Toasts carry no actions.
const SHOWN_MS = 2500;
let timer = 0;

export function toast(text) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const node = document.createElement("p");
  node.className = "toast";
  node.textContent = text;
  place.replaceChildren(node);
  clearTimeout(timer);
  timer = setTimeout(() => place.replaceChildren(), SHOWN_MS);
}
