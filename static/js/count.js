// Characters used in a text that has a limit.
export function start(form) {
  const text = form.querySelector("textarea");
  const used = form.querySelector("[data-used]");
  text?.addEventListener("input", () => { used.textContent = text.value.length; });
}
