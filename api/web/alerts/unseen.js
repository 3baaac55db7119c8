// How many alerts nobody has looked at yet.
import { signal } from "@preact/signals";
import { request } from "../service/request.js";

export const unseen = signal(0);

const EVERY_MS = 60_000;

export async function countUnseen() {
  try {
    const { questions } = await request("GET", "/v1/questions");
    unseen.value = questions.reduce((/** @type {number} */ sum, /** @type {{unseen: number}} */ each) => sum + each.unseen, 0);
  } catch {
    // The page of alerts says what is wrong; here the number is only not shown.
    unseen.value = 0;
  }
}

/** @returns {() => void} ends it */
export function watchAlerts() {
  const look = () => {
    if (!document.hidden) countUnseen();
  };
  const first = setTimeout(look, 1500);
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearTimeout(first);
    clearInterval(timer);
  };
}
