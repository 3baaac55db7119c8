/**
 * Returns the language tag of a text, with its script, so that the right font is chosen.
 * @param {{language: string, script?: string | null}} text
 */
export function tagOf({ language, script }) {
  return script ? `${language}-${script}` : language;
}

/** The short names of languages on badges. */
const BADGES = new Map([
  ["vi", "VI"],
  ["en", "EN"],
  ["zh", "中"],
  ["zh-Hans", "简"],
  ["zh-Hant", "繁"],
]);

/** @param {string} tag */
export function badgeOf(tag) {
  return BADGES.get(tag) ?? tag.toUpperCase();
}
