// Requests to the service.
import { authorization, key, wantKey } from "../state/session.js";

/** An error that the service explains, or status 0 if the service did not answer. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} detail one sentence in English, from the service
   */
  constructor(status, detail) {
    super(detail);
    this.status = status;
    this.detail = detail;
  }
}

/** @typedef {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} Method */

/**
 * @typedef {object} Options
 * @property {Record<string, string | number | boolean | string[] | null | undefined>} [query]
 * @property {object | FormData} [body]
 * @property {AbortSignal} [signal]
 * @property {Record<string, string>} [headers]
 */

/**
 * Returns the body of a response, null if it has none.
 * @param {Method} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 * @throws {Problem}
 */
export async function request(method, path, options = {}) {
  const response = await send(method, path, options);
  if (response.status === 204) return null;
  const type = response.headers.get("Content-Type") ?? "";
  return type.includes("json") && !type.includes("ndjson") ? response.json() : response.text();
}

/**
 * @param {Method} method
 * @param {string} path
 * @param {Options} options
 * @returns {Promise<Response>}
 * @throws {Problem}
 */
export async function send(method, path, { query = {}, body, signal, headers = {} }) {
  const isForm = body instanceof FormData;
  const sent = key.value;
  /** @type {Response} */
  let response;
  try {
    response = await fetch(withQuery(path, query), {
      method,
      headers: {
        ...(body === undefined || isForm ? {} : { "Content-Type": "application/json" }),
        ...authorization(),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, "");
  }
  if (response.ok) return response;
  if (response.status === 401) wantKey(sent);
  throw new Problem(response.status, await detailOf(response));
}

/**
 * @param {string} path
 * @param {NonNullable<Options["query"]>} query
 */
function withQuery(path, query) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== "") params.append(name, String(each));
    }
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

/** @param {Response} response */
async function detailOf(response) {
  try {
    const body = await response.json();
    return typeof body.detail === "string" ? body.detail : "";
  } catch {
    return "";
  }
}
