// Tabs are links to parts of the page; this only says which one is open.
export function start(nav) {
  const mark = () => {
    const links = [...nav.querySelectorAll("a")];
    const open = links.find((link) => link.hash === location.hash) ?? links[0];
    for (const link of links) {
      if (link === open) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  window.addEventListener("hashchange", mark);
  mark();
}
