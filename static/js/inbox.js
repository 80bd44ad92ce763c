// The inbox screen: its parts, in the order in which they hear of things.

import { startAiHelp } from "./ai_help.js";
import { startClicks } from "./clicks.js";
import { startComposer } from "./composer.js";
import { startConnection } from "./connection.js";
import { startContact } from "./contact.js";
import { startFilters } from "./filters.js";
import { first } from "./first.js";
import { startFound } from "./found.js";
import { startHeader } from "./header.js";
import { startKeyboard } from "./keyboard.js";
import { startList } from "./list.js";
import { start as startRealtime } from "./realtime.js";
import { startSelection } from "./selection.js";
import { startSending } from "./sending.js";
import { startStage } from "./stage.js";
import { startThread } from "./thread.js";
import { startTimes } from "./times.js";
import { startTitles } from "./titles.js";

export function mount() {
  startTimes();
  startSelection();
  startFilters();
  startTitles();
  startList();
  startSending();
  startComposer();
  startAiHelp();
  startContact();
  startHeader();
  startStage();
  startFound();
  startThread();
  startClicks();
  startKeyboard();
  startConnection();
  startRealtime(first.changesCursor);
}
