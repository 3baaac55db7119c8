import { signal } from "@preact/signals";
import { recall, remember } from "./storage.js";

/** @typedef {"system" | "light" | "dark"} Theme */

const stored = recall("theme");

export const theme = signal(/** @type {Theme} */ (stored === "light" || stored === "dark" ? stored : "system"));

/** @param {Theme} chosen */
export function chooseTheme(chosen) {
  theme.value = chosen;
  remember("theme", chosen === "system" ? null : chosen);
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
