// The key of this tab. It is kept until the tab is closed, and is sent to the service alone.
import { signal } from "@preact/signals";
import { recall, remember } from "./storage.js";

/** @returns {Storage | undefined} */
function ofThisTab() {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** The key, null if there is none. */
export const key = signal(recall("key", ofThisTab()));

/** Whether the service asked for a key, or did not know the one that it got. */
export const isKeyWanted = signal(/** @type {false | "missing" | "wrong"} */ (false));

/** @param {string} text */
export function signIn(text) {
  key.value = text;
  remember("key", text, ofThisTab());
  isKeyWanted.value = false;
}

export function signOut() {
  key.value = null;
  remember("key", null, ofThisTab());
}

/**
 * Called when a request was refused for want of a key.
 * @param {string | null} sent the tab's key when the request was made
 */
export function wantKey(sent) {
  // A late refusal of an earlier key says nothing of the one that was given since.
  if (sent !== key.value) return;
  if (key.value !== null) isKeyWanted.value = "wrong";
  // Requests that are made again without the wrong key say no more than that one is missing.
  else if (isKeyWanted.value === false) isKeyWanted.value = "missing";
  signOut();
}

/** @returns {Record<string, string>} */
export function authorization() {
  const text = key.value;
  // A header may contain only these characters.
  return text !== null && /^[!-~]+$/.test(text) ? { Authorization: `Bearer ${text}` } : {};
}
