// People to name after an @: those whose name begins like what is typed. Tab goes to them, Enter takes one.
export function start(form) {
  const box = form.querySelector("[data-names]");
  const row = box.nextElementSibling;
  const typed = () => box.value.slice(0, box.selectionStart).match(/(?:^|\s)@([^@\n]*)$/)?.[1];
  box.addEventListener("input", () => {
    const begun = typed()?.toLowerCase();
    for (const one of row.children) one.hidden = begun === undefined || !one.dataset.name.toLowerCase().startsWith(begun);
    row.hidden = !row.querySelector(":not([hidden])");
  });
  row.addEventListener("click", ({ target: { dataset: { name } } }) => {
    if (!name) return;
    const at = box.selectionStart;
    box.setRangeText(`${name} `, at - typed().length, at, "end");
    row.hidden = true;
    box.focus();
  });
}
