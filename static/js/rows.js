// Put a server-made row where it belongs: replace it by id, or insert it by order.
const waiting = new Map();

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

// Changes only what differs: focus, selection and the pointer stay on all that is the same.
export function morph(old, made) {
  if (old.isEqualNode(made)) return;
  if (old.nodeName !== made.nodeName) return old.replaceWith(made);
  if (old.nodeType !== Node.ELEMENT_NODE) return void (old.data = made.data);
  for (const { name } of [...old.attributes]) if (!made.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of made.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const here = [...old.childNodes];
  const there = [...made.childNodes];
  there.forEach((node, at) => { here[at] ? morph(here[at], node) : old.append(node); });
  for (const node of here.slice(there.length)) node.remove();
}

export function place(node, container) {
  const existing = document.getElementById(node.id);
  if (existing) replace(existing, node);
  else if (container) insert(node, container);
}

export function insert(node, container) {
  const order = node.dataset.order ?? "";
  let before = null;
  // From the end: new rows nearly always belong there.
  for (let row = container.lastElementChild; row; row = row.previousElementSibling) {
    if (!row.dataset.order || row.dataset.order <= order) break;
    before = row;
  }
  container.insertBefore(node, before);
}

function replace(existing, node) {
  const focused = document.activeElement;
  if (focused !== existing && existing.contains(focused) && !focused.matches("[data-item]")) return hold(existing, node);
  if (existing.querySelector("[data-item][aria-current]")) {
    node.querySelector("[data-item]")?.setAttribute("aria-current", "true");
  }
  waiting.delete(existing.id);
  morph(existing, node);
}

// Someone works inside this row: keep it, and offer what is new.
function hold(existing, node) {
  waiting.set(existing.id, node);
  existing.dispatchEvent(new CustomEvent("row:waiting", { bubbles: true, detail: { node } }));
  if (existing.dataset.holding) return;
  existing.dataset.holding = "1";
  const leave = (event) => {
    if (existing.contains(event.relatedTarget)) return;
    existing.removeEventListener("focusout", leave);
    release(existing);
  };
  existing.addEventListener("focusout", leave);
}

export function release(existing) {
  const node = waiting.get(existing.id);
  waiting.delete(existing.id);
  if (node && existing.isConnected) existing.replaceWith(node);
  return node;
}
