// What is remembered on this device. A browser may forbid it; then nothing is remembered.

/**
 * @param {string} name
 * @param {Storage} [storage]
 * @returns {string | null}
 */
export function recall(name, storage = localStorageOrNone()) {
  try {
    return storage?.getItem(`tamngu.${name}`) ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string | null} value null: forget it
 * @param {Storage} [storage]
 */
export function remember(name, value, storage = localStorageOrNone()) {
  try {
    if (value === null) storage?.removeItem(`tamngu.${name}`);
    else storage?.setItem(`tamngu.${name}`, value);
  } catch {
    // It is full or forbidden.
  }
}

/** @returns {Storage | undefined} */
function localStorageOrNone() {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
