// Offsets of the service count Unicode code points; JavaScript counts UTF-16 units.

/**
 * Returns the UTF-16 indexes of offsets, in the order given. The text is walked through once.
 * @param {string} text
 * @param {number[]} offsets in code points
 * @returns {number[]}
 */
export function unitIndexes(text, offsets) {
  // A text without surrogates has the same count of both.
  if (!/[\ud800-\udbff]/.test(text)) return offsets.map((each) => Math.min(each, text.length));
  const order = offsets.map((_, place) => place).sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0));
  const found = new Array(offsets.length).fill(0);
  let points = 0;
  let units = 0;
  for (const place of order) {
    const wanted = offsets[place] ?? 0;
    while (points < wanted && units < text.length) {
      units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
      points += 1;
    }
    found[place] = units;
  }
  return found;
}

/** @param {string} text */
export function countPoints(text) {
  let points = text.length;
  for (let unit = 0; unit < text.length; unit += 1) {
    if ((text.codePointAt(unit) ?? 0) > 0xffff) {
      points -= 1;
      unit += 1;
    }
  }
  return points;
}

/**
 * Returns the code point offset of a UTF-16 index.
 * @param {string} text
 * @param {number} unit
 */
export function pointOffset(text, unit) {
  return countPoints(text.slice(0, unit));
}

/**
 * Returns a text in pieces, each with the marks that cover it. Marks may overlap.
 * @template M
 * @param {string} text
 * @param {{start: number, end: number, mark: M}[]} spans in code points from the start of the text
 * @returns {{text: string, marks: M[]}[]}
 */
export function pieces(text, spans) {
  const indexes = unitIndexes(text, spans.flatMap(({ start, end }) => [Math.max(0, start), Math.max(0, end)]));
  const placed = spans.map(({ mark }, place) => ({
    mark,
    start: indexes[2 * place] ?? 0,
    end: indexes[2 * place + 1] ?? 0,
  }));
  const borders = [...new Set([0, text.length, ...indexes])].sort((a, b) => a - b);
  return borders.slice(0, -1).map((start, place) => ({
    text: text.slice(start, borders[place + 1]),
    marks: placed.filter((each) => each.start <= start && each.end > start).map((each) => each.mark),
  }));
}
