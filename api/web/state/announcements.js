// What is read out by a screen reader although the eye sees it elsewhere.
import { signal } from "@preact/signals";

export const announced = signal("");

/** @param {string} text */
export function announce(text) {
  announced.value = text;
}
