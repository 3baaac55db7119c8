import { request } from "../service/request.js";

/** @typedef {{question: string, language: string, script: string | null}} Suggestion */

/**
 * Returns questions that the collection answers: related ones, or examples for an empty page.
 * @param {{question?: string, language?: string, collection: string | null, limit?: number}} wanted
 * @param {AbortSignal} signal
 * @returns {Promise<Suggestion[]>}
 */
export async function suggestions({ question, language, collection, limit = 5 }, signal) {
  const body = {
    limit,
    ...(question !== undefined && { question }),
    ...(language !== undefined && { languages: [language] }),
    ...(collection !== null && { collection }),
  };
  const { questions } = await request("POST", "/v1/suggestions", { body, signal });
  return questions;
}
