// Copy a handle in full.
import { say } from "./announce.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(word("copied"));
    say(word("copied"));
  } catch {
    toast(word("copy_failed"));
  }
}

export function startCopy() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button.dataset.copy);
  });
}
