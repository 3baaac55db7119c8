// An article's text in paragraphs. All indexes here count UTF-16 units.

/** @typedef {{start: number, end: number, name: string}} Mark */
/** @typedef {{text: string, name: string | null}} Piece */
/** @typedef {{start: number, end: number, page: number | null, pieces: Piece[]}} Paragraph */

/** Texts longer than this are shown in parts: a browser takes seconds for a megabyte. */
const WHOLE = 200_000;
const AROUND = 40_000;
const STEP = 100_000;

/**
 * Returns which part of a text is shown around a place.
 * @param {string} text
 * @param {number} at
 * @param {{before: number, after: number}} more steps that were asked for
 * @returns {{from: number, to: number}}
 */
export function part(text, at, more) {
  if (text.length <= WHOLE) return { from: 0, to: text.length };
  return {
    from: border(text, at - AROUND - more.before * STEP),
    to: border(text, at + AROUND + more.after * STEP),
  };
}

/**
 * Returns an index near another one that parts no character, at the start of a line if one is near.
 * @param {string} text
 * @param {number} index
 */
function border(text, index) {
  if (index <= 0) return 0;
  if (index >= text.length) return text.length;
  const line = text.lastIndexOf("\n", index);
  if (index - line < 2000) return line + 1;
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index;
}

/**
 * @param {string} text
 * @param {{from: number, to: number}} shown
 * @param {Mark[]} marks the first that covers a piece names it
 * @param {number[]} pages where pages begin
 * @returns {Paragraph[]}
 */
export function paragraphs(text, { from, to }, marks, pages) {
  const found = [];
  let start = from;
  let page = pages.filter((each) => each < from).length;
  while (start < to) {
    const line = text.indexOf("\n", start);
    const end = line < 0 || line > to ? to : line;
    if (text.slice(start, end).trim() !== "") {
      const pageHere = pages.filter((each) => each <= start).length;
      found.push({
        start,
        end,
        page: pageHere > page ? pageHere : null,
        pieces: cut(text, start, end, marks),
      });
      page = pageHere;
    }
    start = end + 1;
  }
  return found;
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {Mark[]} marks
 * @returns {Piece[]}
 */
function cut(text, start, end, marks) {
  const here = marks.filter((each) => each.start < end && each.end > start);
  const inside = here.flatMap((each) => [each.start, each.end]).filter((each) => each > start && each < end);
  const borders = [...new Set([start, ...inside, end])].sort((one, other) => one - other);
  return borders.slice(0, -1).map((from, place) => ({
    text: text.slice(from, borders[place + 1]),
    name: here.find((each) => each.start <= from && each.end > from)?.name ?? null,
  }));
}
