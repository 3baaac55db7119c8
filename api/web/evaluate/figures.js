// Figures of a run, computed from its questions.

/**
 * One question of a run; eval/runs/run.py has the same in Python.
 * @typedef {object} Result
 * @property {string} id
 * @property {string} text
 * @property {string} language
 * @property {string[]} tags
 * @property {Record<string, string>} relevant languages of the answering articles, by id
 * @property {{id: string, language: string, text: string}[]} found
 * @property {string[]} order
 * @property {Record<string, Record<string, number>>} single
 * @property {Record<string, number>} mixed
 * @property {number | null} confidence
 * @property {{abstained: boolean, short_right: boolean, any_right: boolean} | null} answer
 * @property {number} took_ms
 */

/**
 * @typedef {object} Run
 * @property {string} gold
 * @property {string} digest
 * @property {string} ranking
 * @property {string} encoder
 * @property {string} reader
 * @property {Record<string, string>} collection
 * @property {Result[]} results
 * @property {number} took_s
 */

/** @typedef {{mean: number, count: number}} Cell */

/**
 * Returns the share of questions whose best passage of a language answers, by the languages of
 * question and passage.
 * @param {Run} run
 * @returns {{asked: string[], answered: string[], cells: Map<string, Cell>}}
 */
export function languagePairs(run) {
  /** @type {Map<string, {sum: number, count: number}>} */
  const sums = new Map();
  for (const { language, single } of run.results) {
    for (const [answered, metrics] of Object.entries(single)) {
      const value = metrics["r@1"];
      if (value === undefined) continue;
      const before = sums.get(`${language} ${answered}`) ?? { sum: 0, count: 0 };
      sums.set(`${language} ${answered}`, { sum: before.sum + value, count: before.count + 1 });
    }
  }
  const pairs = [...sums.keys()].map((each) => each.split(" "));
  return {
    asked: inOrder(pairs.map(([asked = ""]) => asked)),
    answered: inOrder(pairs.map(([, answered = ""]) => answered)),
    cells: new Map([...sums].map(([pair, { sum, count }]) => [pair, { mean: sum / count, count }])),
  };
}

/** @param {string[]} languages */
function inOrder(languages) {
  const first = ["vi", "zh", "en"];
  const unique = [...new Set(languages)];
  return [...first.filter((each) => unique.includes(each)), ...unique.filter((each) => !first.includes(each)).sort()];
}

/**
 * Returns the place of the first answering article, from 1; null if none is among the first ten.
 * @param {Result} result
 */
export function rankOf(result) {
  const place = result.found.findIndex((each) => isRelevant(result, each.id));
  return place < 0 ? null : place + 1;
}

/**
 * @param {Result} result
 * @param {string} id of an article, or of a passage of it
 */
export function isRelevant(result, id) {
  return Object.keys(result.relevant).some((each) => id === each || id.startsWith(`${each}#`));
}

/** @param {Result} result */
export function isAnswerable(result) {
  return Object.keys(result.relevant).length > 0;
}

/** @param {Result} result */
export function hasFailed(result) {
  if (!isAnswerable(result)) return result.answer !== null && !result.answer.abstained;
  return rankOf(result) !== 1;
}

/** @param {Run} run */
export function summary(run) {
  const answerable = run.results.filter(isAnswerable);
  const ranks = answerable.map(rankOf);
  /** @param {(rank: number) => number} value */
  const mean = (value) =>
    ranks.length === 0 ? null : ranks.reduce((/** @type {number} */ sum, rank) => sum + (rank === null ? 0 : value(rank)), 0) / ranks.length;
  const answered = answerable.flatMap((each) => (each.answer === null ? [] : [each.answer]));
  return {
    questions: run.results.length,
    first: mean((rank) => Number(rank === 1)),
    firstTen: mean(() => 1),
    reciprocal: mean((rank) => 1 / rank),
    failed: run.results.filter(hasFailed).length,
    quoteRight: answered.length === 0 ? null : answered.filter((each) => each.any_right).length / answered.length,
  };
}

/**
 * Returns the questions that two runs rank differently, the largest change first.
 * @param {Run} before
 * @param {Run} after
 * @returns {{result: Result, was: number | null, is: number | null}[]}
 */
export function differences(before, after) {
  const old = new Map(before.results.map((each) => [each.id, each]));
  const found = [];
  for (const result of after.results) {
    const other = old.get(result.id);
    if (other === undefined || !isAnswerable(result)) continue;
    const was = rankOf(other);
    const is = rankOf(result);
    if (was !== is) found.push({ result, was, is });
  }
  /** @param {{was: number | null, is: number | null}} each */
  const size = ({ was, is }) => Math.abs(1 / (was ?? Infinity) - 1 / (is ?? Infinity));
  return found.sort((one, other) => size(other) - size(one));
}

/**
 * Reads a gold set, a question a line.
 * @param {string} text
 * @returns {object[]}
 * @throws {Error} a line is not JSON
 */
export function readGold(text) {
  return text.split(/\r?\n/).flatMap((line, place) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line)];
    } catch {
      throw new Error(String(place + 1));
    }
  });
}
