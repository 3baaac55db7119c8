// The language of the interface.
import { signal } from "@preact/signals";
import { recall, remember } from "../state/storage.js";
import { en } from "./en.js";

/** @typedef {"vi" | "zh-Hans" | "zh-Hant" | "en"} Locale */
/** @typedef {keyof typeof en} Key */
/**
 * A text may name values in braces. Two texts are for one and for several.
 * @typedef {string | [string, string]} Text
 */
/** @typedef {Record<Key, Text>} Catalogue */

/** @type {[Locale, string][]} */
export const LOCALES = [
  ["vi", "Tiếng Việt"],
  ["zh-Hans", "简体中文"],
  ["zh-Hant", "繁體中文"],
  ["en", "English"],
];

/** @type {Record<Locale, () => Promise<Catalogue>>} */
const LOADERS = {
  vi: async () => (await import("./vi.js")).vi,
  "zh-Hans": async () => (await import("./zh_hans.js")).zhHans,
  "zh-Hant": async () => (await import("./zh_hant.js")).zhHant,
  en: async () => en,
};

export const locale = signal(/** @type {Locale} */ ("en"));

const catalogue = signal(/** @type {Catalogue} */ (en));

/** Takes the language that was chosen before, else the browser's. */
export function startLocale() {
  const stored = LOCALES.find(([name]) => name === recall("locale"));
  return take(stored?.[0] ?? preferred(navigator.languages));
}

/** @param {Locale} chosen */
export async function chooseLocale(chosen) {
  remember("locale", chosen);
  await take(chosen);
}

/** @param {Locale} chosen */
async function take(chosen) {
  catalogue.value = await LOADERS[chosen]();
  locale.value = chosen;
  document.documentElement.lang = chosen;
}

/**
 * Returns the first language that the app has.
 * @param {readonly string[]} tags
 * @returns {Locale}
 */
export function preferred(tags) {
  for (const tag of tags) {
    const lower = tag.toLowerCase();
    if (lower.startsWith("vi")) return "vi";
    if (/^zh\b.*-(hant|tw|hk|mo)\b/.test(lower)) return "zh-Hant";
    if (/^zh\b/.test(lower)) return "zh-Hans";
    if (lower.startsWith("en")) return "en";
  }
  return "en";
}

/**
 * Returns a text of the interface.
 * @param {Key} key
 * @param {Record<string, string | number> & {n?: number}} [values] n chooses between one and several
 */
export function t(key, values = {}) {
  const entry = catalogue.value[key];
  const text = typeof entry === "string" ? entry : entry[isOne(values.n) ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? number(value) : value;
  });
}

/** @param {number | undefined} count */
function isOne(count) {
  return count !== undefined && new Intl.PluralRules(locale.value).select(count) === "one";
}

/**
 * Returns a number as the language of the interface writes it.
 * @param {number} value
 * @param {number} [places] digits behind the point; default: as many as there are, at most three
 */
export function number(value, places) {
  const options = places === undefined ? {} : { minimumFractionDigits: places, maximumFractionDigits: places };
  return new Intl.NumberFormat(locale.value, options).format(value);
}

/**
 * Returns the name of a language in the language of the interface.
 * @param {string} tag
 */
export function languageName(tag) {
  if (tag === "zh") return t("language.zh");
  try {
    return new Intl.DisplayNames([locale.value], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/**
 * Returns names as the language of the interface lists them.
 * @param {string[]} names
 */
export function listed(names) {
  return new Intl.ListFormat(locale.value, { type: "conjunction" }).format(names);
}

/**
 * Returns a quote in the quotation marks of the reader's language.
 * @param {string} text
 */
export function quoted(text) {
  return `${t("quote.open")}${text}${t("quote.close")}`;
}
