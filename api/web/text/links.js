// Addresses that articles name are strangers' words.

/**
 * Returns an address if it is one of the web, else null: javascript: and the like lead nowhere.
 * @param {string | null | undefined} url
 * @returns {string | null}
 */
export function webAddress(url) {
  if (!url) return null;
  try {
    const { protocol, href } = new URL(url);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

const MAX_WHOLE = 120;
const EDGE = 40;

/**
 * Returns the address of a page at a quote: browsers that know text fragments show it there
 * (https://wicg.github.io/scroll-to-text-fragment/).
 * @param {string} url
 * @param {string} quote
 */
export function atQuote(url, quote) {
  // Only one paragraph can be named as a whole, and a long text only by its two ends.
  const line = (quote.split(/\n+/).find((each) => each.trim()) ?? "").trim();
  const points = Array.from(line);
  const text =
    points.length <= MAX_WHOLE
      ? fragment(line)
      : `${fragment(edge(points.slice(0, EDGE), true))},${fragment(edge(points.slice(-EDGE), false))}`;
  const base = url.split("#:~:")[0] ?? url;
  return `${base}${base.includes("#") ? "" : "#"}:~:text=${text}`;
}

/**
 * A word that is cut in two is not found; Chinese has no spaces, and is cut anywhere.
 * @param {string[]} points
 * @param {boolean} isStart
 */
function edge(points, isStart) {
  const text = points.join("");
  const cut = isStart ? text.replace(/\s+\S*$/, "") : text.replace(/^\S*\s+/, "");
  return (cut.length > 8 ? cut : text).trim();
}

/** @param {string} text */
function fragment(text) {
  return encodeURIComponent(text).replace(/-/g, "%2D");
}
