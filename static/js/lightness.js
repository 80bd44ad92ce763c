// Keeps long scrolls light: what is far from view keeps its height but gives up its content, and
// gets it back on the way to the eye.

const NEAR = "1500px";

export function keepLight(scroller) {
  const contents = new WeakMap(); // element → what it gave up
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) fill(target);
        else empty(target);
      }
    },
    { root: scroller, rootMargin: `${NEAR} 0px` },
  );

  function empty(element) {
    const { height } = element.getBoundingClientRect(); // with its fraction, or many would add up
    // Not while hidden (no height to keep), and not what somebody is using.
    if (!height || contents.has(element) || element.contains(document.activeElement)) return;
    element.style.height = `${height}px`;
    const content = document.createDocumentFragment();
    content.append(...element.childNodes);
    contents.set(element, content);
  }

  function fill(element) {
    const content = contents.get(element);
    if (!content) return;
    element.append(content);
    element.style.height = "";
    contents.delete(element);
  }

  return {
    watch: (element) => observer.observe(element),
    forget(element) {
      observer.unobserve(element);
      fill(element);
    },
    fill,
  };
}
