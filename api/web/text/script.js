// The language tag of a text of which the service did not tell it, such as a question that was typed.

/** Characters of Big5, and those of GB 2312, which GBK has at these bytes. */
/** @type {[Set<string>, Set<string>] | null} */
let standards = null;

/**
 * Returns a language tag that chooses the font: Traditional is never drawn with a Simplified one.
 * Which script a Chinese text is in is told as the service tells it: by the characters of Big5 alone
 * and those of GB 2312 alone.
 * @param {string} text
 * @param {string | null} [language] of the text, if it is known
 * @returns {string | undefined} undefined where nothing is known
 */
export function tagOfText(text, language = null) {
  if (language !== null && language !== "zh") return language;
  if (!/\p{Script=Han}/u.test(text)) {
    return /[ăđơưạ-ỹ]/i.test(text) ? "vi" : (language ?? undefined);
  }
  const [big5, gb2312] = (standards ??= [
    charactersOf("big5", 0xa4, 0xf9, 0x40),
    charactersOf("gbk", 0xb0, 0xf7, 0xa1),
  ]);
  let more = 0;
  for (const each of text) more += Number(big5.has(each)) - Number(gb2312.has(each));
  if (more === 0) return language ?? undefined;
  return more > 0 ? "zh-Hant" : "zh-Hans";
}

/**
 * Returns the Han characters of a part of an encoding.
 * @param {string} encoding
 * @param {number} firstLead
 * @param {number} lastLead
 * @param {number} firstTrail
 */
function charactersOf(encoding, firstLead, lastLead, firstTrail) {
  const decoder = new TextDecoder(encoding);
  const bytes = [];
  for (let lead = firstLead; lead <= lastLead; lead++) {
    for (let trail = firstTrail; trail <= 0xfe; trail++) {
      if (trail < 0x7f || trail > 0xa0) bytes.push(lead, trail);
    }
  }
  return new Set(decoder.decode(Uint8Array.from(bytes)).match(/\p{Script=Han}/gu));
}
