// An answer as text, as Markdown and as BibTeX.
import { day } from "../i18n/dates.js";
import { quoted, t } from "../i18n/locale.js";
import { webAddress } from "../text/links.js";
import { proof } from "./proof.js";

/** @typedef {import("./turns.js").Turn} Turn */
/** @typedef {import("../service/types.js").Citation} Citation */

/** @param {Turn} turn */
export function asText(turn) {
  const lines = [turn.asked.question, "", ...answerLines(turn)];
  for (const each of shown(turn)) {
    lines.push("", `[${each.marker}] ${quoted(each.quote)}`, sourceOf(turn, each));
    const address = webAddress(each.url);
    if (address !== null) lines.push(address);
  }
  return `${lines.join("\n")}\n`;
}

/** @param {Turn} turn */
export function asMarkdown(turn) {
  const lines = [`**${escaped(turn.asked.question)}**`, "", ...answerLines(turn).map(escaped)];
  for (const each of shown(turn)) {
    const address = webAddress(each.url);
    const source = escaped(sourceOf(turn, each));
    lines.push(
      "",
      ...each.quote.split("\n").map((line) => `> ${escaped(line)}`),
      "",
      `[${each.marker}] ${address === null ? source : `[${source}](<${address}>)`}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** @param {Turn} turn */
export function asBibTeX(turn) {
  const seen = new Set();
  const entries = [];
  for (const each of shown(turn)) {
    if (seen.has(each.article_id)) continue;
    seen.add(each.article_id);
    entries.push(entryOf(turn, each));
  }
  return entries.join("\n");
}

/**
 * @param {Turn} turn
 * @param {Citation} citation
 */
function entryOf(turn, citation) {
  const source = turn.hits.find((each) => each.article_id === citation.article_id)?.source;
  const key = citation.article_id.replace(/[^\w-]+/g, "-").replace(/^-+|-+$/g, "") || `article-${citation.marker}`;
  const address = webAddress(citation.url);
  const fields = [
    ["title", `{${braced(citation.title)}}`],
    ["organization", source ? braced(source) : ""],
    ["date", citation.published_at?.slice(0, 10) ?? ""],
    ["url", address ?? ""],
    ["langid", { vi: "vietnamese", zh: "chinese", en: "english" }[citation.language] ?? ""],
    ["note", braced(quoted(citation.quote.replace(/\s+/g, " ")))],
  ];
  const lines = fields.filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}},`);
  return `@online{${key},\n${lines.join("\n")}\n}\n`;
}

/** @param {Turn} turn */
function shown(turn) {
  return proof(turn).proving;
}

/** @param {Turn} turn */
function answerLines(turn) {
  if (turn.abstained) return [t("answer.abstained")];
  if (turn.written !== null) return [turn.written];
  return turn.answers.map((each) => `${each.text} ${each.citations.map((marker) => `[${marker}]`).join("")}`);
}

/**
 * @param {Turn} turn
 * @param {Citation} citation
 */
function sourceOf(turn, citation) {
  const source = turn.hits.find((each) => each.article_id === citation.article_id)?.source;
  return [citation.title, source, day(citation.published_at)].filter(Boolean).join(", ");
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[\\`*_<>#[\]|]/g, "\\$&");
}

/**
 * Braces have to be balanced in BibTeX, and a backslash begins a command.
 * @param {string} text
 */
function braced(text) {
  return text.replace(/[{}\\]/g, "").replace(/[%&#$_]/g, "\\$&");
}
