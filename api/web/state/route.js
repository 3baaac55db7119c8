// The place in the app. It stands behind the # of the address, which browsers never send: so a
// question that somebody shares as a link is in no log of a server.
import { signal } from "@preact/signals";

/** @typedef {"ask" | "search" | "read" | "library" | "alerts" | "evaluate"} PageName */

/**
 * @typedef {object} Route
 * @property {PageName} page
 * @property {URLSearchParams} params
 * @property {string} hash the whole, from #
 */

/** @type {PageName[]} */
const PAGES = ["ask", "search", "read", "library", "alerts", "evaluate"];

/** @typedef {Record<string, string | number | string[] | null | undefined>} Params */

export const route = signal(parse(location.hash));

window.addEventListener("hashchange", () => {
  route.value = parse(location.hash);
});

/**
 * @param {string} hash
 * @returns {Route}
 */
export function parse(hash) {
  const [, name = "", query = ""] = /^#\/([a-z]*)\??(.*)$/s.exec(hash) ?? [];
  const page = PAGES.find((each) => each === name) ?? "ask";
  return { page, params: new URLSearchParams(query), hash: hash || "#/ask" };
}

/**
 * Returns the address of a page. Empty parameters are left out.
 * @param {PageName} page
 * @param {Params} [params]
 */
export function href(page, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== "") query.append(name, String(each));
    }
  }
  const text = query.toString();
  return `#/${page}${text ? `?${text}` : ""}`;
}

/**
 * @param {string} hash
 * @param {{replace?: boolean}} [options] replace: the present place is not kept in the history
 */
export function go(hash, { replace = false } = {}) {
  if (replace) {
    history.replaceState(null, "", hash);
    route.value = parse(hash);
  } else {
    location.hash = hash;
  }
}
