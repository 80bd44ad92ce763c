// Mounts what the page names: <… data-module="name"> is given to mount() of ./name.js.

const mounts = [...document.querySelectorAll("[data-module]")].map(async (element) => {
  const { mount } = await import(`./${element.dataset.module}.js`);
  await mount(element);
});
await Promise.all(mounts);
document.documentElement.dataset.ready = "true";
