// What the page came with: who looks, the first rows, the open conversation, cursors.

export const first = JSON.parse(document.getElementById("first").textContent);
export const { me } = first;
