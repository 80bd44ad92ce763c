// Who a conversation can be given to. Asked once; again where that failed.

import { get } from "./api.js";

let asked = null;

export function colleagues() {
  asked ??= get("/api/colleagues").then(
    ({ items }) => items,
    () => {
      asked = null;
      return [];
    },
  );
  return asked;
}
