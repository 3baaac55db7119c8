// The questions of this device. They stay in the browser; the service has no part in it.
import { signal } from "@preact/signals";
import { recall, remember } from "../state/storage.js";

/** @typedef {{hash: string, question: string, answer: string}} Entry */

const MOST = 50;

export const entries = signal(read());

/** @param {Entry} entry */
export function note(entry) {
  const others = entries.value.filter((each) => each.hash !== entry.hash);
  write([entry, ...others].slice(0, MOST));
}

export function clearHistory() {
  write([]);
}

/** @param {Entry[]} list */
function write(list) {
  entries.value = list;
  remember("history", list.length > 0 ? JSON.stringify(list) : null);
}

/** @returns {Entry[]} */
function read() {
  try {
    const list = JSON.parse(recall("history") ?? "[]");
    return Array.isArray(list) ? list.filter(isEntry) : [];
  } catch {
    return [];
  }
}

/** @param {any} each */
function isEntry(each) {
  return typeof each?.hash === "string" && each.hash.startsWith("#/ask") && typeof each.question === "string";
}
