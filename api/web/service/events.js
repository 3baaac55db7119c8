// Server-sent events of a request: EventSource can neither post nor send a key.
import { send } from "./request.js";

/** @typedef {{name: string, data: any}} ServerEvent */

/**
 * Yields the events of a response as they come.
 * @param {"GET" | "POST"} method
 * @param {string} path
 * @param {{body?: object, signal?: AbortSignal}} options
 * @returns {AsyncGenerator<ServerEvent, void, void>}
 */
export async function* events(method, path, options) {
  const response = await send(method, path, {
    ...options,
    headers: { Accept: "text/event-stream" },
  });
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parsed(block);
        if (event !== null) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/**
 * @param {string} block
 * @returns {ServerEvent | null} null for a comment
 */
function parsed(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    else if (line.startsWith("data: ")) data.push(line.slice(6));
  }
  return data.length > 0 ? { name, data: JSON.parse(data.join("\n")) } : null;
}
