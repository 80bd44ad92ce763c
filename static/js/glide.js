// Rows that change their place glide there instead of jumping.

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const MOST = 60; // rows beyond which nobody could follow

export function glide(list, scroller, change) {
  if (calm.matches || document.hidden || list.children.length > MOST * 4) return change();
  const before = places(list, scroller);
  change();
  for (const [id, { element, top }] of places(list, scroller)) {
    const old = before.get(id);
    if (old && Math.abs(old.top - top) > 1) {
      element.animate([{ transform: `translateY(${old.top - top}px)` }, { transform: "none" }], { duration: 220, easing: "cubic-bezier(.2,.8,.2,1)" });
    } else if (!old && before.size) {
      element.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 220 });
    }
  }
}

// Of the rows in view, by id: a row that changes is another element afterwards.
function places(list, scroller) {
  const { top: start, bottom: end } = scroller.getBoundingClientRect();
  const found = new Map();
  for (const element of list.children) {
    const { top, bottom } = element.getBoundingClientRect();
    if (top > end + 200) break;
    if (bottom > start - 200) found.set(element.dataset.id, { element, top });
  }
  return found;
}
