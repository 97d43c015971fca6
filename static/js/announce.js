// Two hidden nodes speak: one waits its turn, one interrupts. Never fed from markup.
const GATHER_MS = 1500;
let waiting = [];
let timer = 0;

const wanted = document.body.dataset.announce; // all, triggers or off

export function say(text) {
  if (!text || wanted === "triggers" || wanted === "off") return;
  waiting.push(text);
  if (!timer) timer = setTimeout(speak, waiting.length === 1 ? 150 : GATHER_MS);
}

export function interrupt(text) {
  const node = document.getElementById("say-now");
  if (node && text && wanted !== "off") node.textContent = text;
}

function speak() {
  timer = 0;
  const node = document.getElementById("say-polite");
  if (node) node.textContent = waiting.join(" ");
  waiting = [];
  // What comes within the next moment is merged into one announcement.
  timer = setTimeout(() => {
    timer = 0;
    if (waiting.length) speak();
  }, GATHER_MS);
}
