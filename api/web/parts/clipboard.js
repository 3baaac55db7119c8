import { t } from "../i18n/locale.js";
import { announce } from "../state/announcements.js";

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copy(text) {
  const done = (await byClipboard(text)) || bySelection(text);
  announce(t(done ? "copied" : "copied-not"));
  return done;
}

/** @param {string} text */
async function byClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Pages that came without encryption have no clipboard; a selection is copied all the same.
 * @param {string} text
 */
function bySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } finally {
    area.remove();
  }
}
