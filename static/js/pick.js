// Words that are selected in the transcript go into the form that puts them behind a sentence or a field.
export function start(form) {
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    const text = chosen.toString().trim();
    const row = chosen.anchorNode?.parentElement?.closest(".turn");
    if (!text || !row || row !== chosen.focusNode?.parentElement?.closest(".turn")) return;
    const parts = chosen.getRangeAt(0).cloneContents();
    for (const extra of parts.querySelectorAll(".mark-label, .turn-name, .turn-clock, .sr-only")) extra.remove();
    form.querySelector("[name=words]").value = parts.textContent.replace(/\s+/g, " ").trim();
    form.querySelector("[name=turn]").value = row.dataset.turnKey;
    form.open = true;
  });
  form.querySelector("[name=words]").addEventListener("input", () => { form.querySelector("[name=turn]").value = ""; });
}
