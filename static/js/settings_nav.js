// Where there is little room the tabs of the settings are one row that scrolls: the current one is in sight.

export function mount(nav) {
  const current = nav.querySelector("[aria-current]");
  if (!current) return;
  nav.scrollLeft = current.offsetLeft - nav.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;
}
