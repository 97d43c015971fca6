// Put a server-made row where it belongs: replace it by id, or insert it by order.
const waiting = new Map();

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

// Returns "replaced", "inserted", "waiting" or "nowhere".
export function place(node, container) {
  const existing = node.id ? document.getElementById(node.id) : null;
  if (existing) return replace(existing, node);
  if (!container) return "nowhere";
  insert(node, container);
  return "inserted";
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
  if (focused && focused !== existing && existing.contains(focused) && !focused.matches("[data-item]")) {
    hold(existing, node);
    return "waiting";
  }
  const hadFocus = focused && existing.contains(focused);
  const current = existing.querySelector("[data-item][aria-current]");
  if (current) node.querySelector("[data-item]")?.setAttribute("aria-current", "true");
  waiting.delete(existing.id);
  existing.replaceWith(node);
  if (hadFocus) (node.querySelector("[data-item]") ?? node).focus({ preventScroll: true });
  return "replaced";
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
