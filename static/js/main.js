// Mounts what the page names: <… data-module="name"> is given to mount() of ./name.js.

const mounts = [...document.querySelectorAll("[data-module]")].map(async (element) => {
  const { mount } = await import(`./${element.dataset.module}.js`);
  await mount(element);
});
const failed = (await Promise.allSettled(mounts)).find(({ status }) => status === "rejected");
document.documentElement.dataset.ready = "true";
dispatchEvent(new Event("inbox:ready")); // early_clicks.js does what was pressed meanwhile
if (failed) throw failed.reason;
