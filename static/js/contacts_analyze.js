// AI reads many contacts at once. What that would cost is said before anything is asked for.

import { post } from "./api.js";
import { ask } from "./confirm.js";
import { toast } from "./toasts.js";

const number = (value) => value.toLocaleString();

// `run` does it slice by slice and shows how far it is (contacts_bulk.js).
export async function analyzeChosen({ body, query, count }, run) {
  let cost;
  try {
    cost = await post(`/api/ai-runs/estimate?${query}`, body);
  } catch (error) {
    return toast(error.message);
  }
  const title = `Analyze ${number(cost.contacts)} contact${cost.contacts === 1 ? "" : "s"}?`;
  if (!(await ask({ title, text: words(cost), label: "Analyze", tone: "primary" }))) return;
  await run("/api/ai-runs", body, query, { many: count, carry: (answer) => ({ runId: answer.run.id }), said: "asked for" });
}

function words({ contacts, changed, requests, tokens, leftToday }) {
  const same = contacts - changed;
  const range = requests.least === requests.most ? number(requests.most) : `${number(requests.least)} to ${number(requests.most)}`;
  const parts = [
    `${number(changed)} changed since ${changed === 1 ? "it was" : "they were"} last read${same > 0 ? `; ${number(same)} ${same === 1 ? "is as it was and costs" : "are as they were and cost"} nothing` : ""}.`,
    `That is ${range} request${requests.most === 1 ? "" : "s"} and about ${number(tokens)} tokens; ${number(leftToday)} requests are left today.`,
  ];
  if (requests.least > leftToday) parts.push("What goes beyond is done by the rules, and by AI once there are requests again.");
  return parts.join(" ");
}
