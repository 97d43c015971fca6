// One short tone for an escalation, for who wants it. Made here, so that nothing has to be loaded.
const AGAIN_MS = 4_000;
let rangAt = -Infinity;
let context = null;

export function ring() {
  if (document.body.dataset.sounds !== "on" || performance.now() - rangAt < AGAIN_MS) return;
  rangAt = performance.now();
  context ??= new AudioContext();
  const gain = new GainNode(context, { gain: 0.08 });
  const tone = new OscillatorNode(context, { frequency: 660 });
  tone.connect(gain).connect(context.destination);
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.5);
  tone.start();
  tone.stop(context.currentTime + 0.5);
}
