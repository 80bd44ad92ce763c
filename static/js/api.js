// The JSON API. Every failure is an ApiError; `status` 0 means that no answer came.

const PATIENCE = 15000; // ms until a request counts as unanswered

export class ApiError extends Error {
  constructor(status, message, fields = {}) {
    super(message);
    Object.assign(this, { status, fields });
  }

  // True where trying again later may help.
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

let writes = 0;

// Goes up whenever a change of one's own begins or ends: what was read before is old then.
export const writesSoFar = () => writes;

export const get = (path, query) => send("GET", query ? `${path}?${query}` : path);
export const post = (path, body = {}) => write("POST", path, body);
export const patch = (path, body) => write("PATCH", path, body);
export const remove = (path) => write("DELETE", path, {});

async function write(method, path, body) {
  writes++;
  try {
    return await send(method, path, body);
  } finally {
    writes++;
  }
}

async function send(method, path, body) {
  const headers = { Accept: "application/json" };
  if (body) {
    headers["Content-Type"] = "application/json";
    headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
  }
  const response = await answer(path, {
    method,
    headers,
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.status === 401) {
    location.reload(); // the session has ended: the page leads to signing in, and back here
    throw new ApiError(401, "You are signed out.");
  }
  const content = await response.json().catch(() => null);
  if (!response.ok) {
    const error = content?.error ?? {};
    throw new ApiError(response.status, error.message ?? "The server did not answer properly.", error.fields);
  }
  return content;
}

async function answer(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new ApiError(0, "No connection. Check your network and try again.");
  }
}
