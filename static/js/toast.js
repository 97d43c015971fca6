// A short confirmation, and the banner that the browser writes by itself. Toasts carry no actions.
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

export function banner(tone, title, text) {
  const node = document.createElement("div");
  const line = document.createElement("p");
  const strong = document.createElement("strong");
  node.className = `banner tone-${tone}`;
  strong.textContent = title;
  line.append(strong, ` ${text}`);
  node.append(line);
  return node;
}
