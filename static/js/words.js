// The sentences that only the browser can need; translated by the server, as data.
const all = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export function word(key, value) {
  const text = all[key] ?? key;
  return value === undefined ? text : text.replace("%s", value);
}

export function plural(key, count) {
  const [one, other] = all[key] ?? [key, key];
  return (count === 1 ? one : other).replace("%s", count);
}
