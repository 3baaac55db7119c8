// A place that is gone back to is shown where it was left. Pages are drawn after the browser would
// have scrolled, so the app does it.
import { route } from "../state/route.js";

/** @type {Map<string, number>} */
const left = new Map();

/** @returns {() => void} ends it */
export function keepPlaces() {
  history.scrollRestoration = "manual";
  const keep = () => {
    left.set(route.value.hash, window.scrollY);
  };
  window.addEventListener("scroll", keep, { passive: true });
  return () => window.removeEventListener("scroll", keep);
}

/** Scrolls to where the present place was left, or to its top. */
export function showPlace() {
  window.scrollTo(0, left.get(route.value.hash) ?? 0);
}
