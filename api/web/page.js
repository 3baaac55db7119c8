"use strict";

const form = document.getElementById("form");
const input = document.getElementById("question");
const button = form.querySelector("button");
const keyForm = document.getElementById("key-form");
const keyInput = document.getElementById("key");
const status = document.getElementById("status");
const answer = document.getElementById("answer");
const passages = document.getElementById("passages");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear("…");
  button.disabled = true;
  try {
    const response = await fetch("/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...authorization() },
      body: JSON.stringify({ question: input.value }),
    });
    const body = await response.json();
    if (response.status === 401) askForKey();
    if (response.ok) show(body);
    else fail(body.detail);
  } catch {
    fail("The service does not answer. Is it still running?");
  } finally {
    button.disabled = false;
  }
});

// The key is kept until this tab is closed, and is only sent to the service itself.
keyForm.addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("key", keyInput.value.trim());
  keyInput.value = "";
  keyForm.hidden = true;
  form.requestSubmit();
});

function authorization() {
  const key = sessionStorage.getItem("key");
  // A header may contain only these characters.
  return key && /^[!-~]+$/.test(key) ? { Authorization: `Bearer ${key}` } : {};
}

function askForKey() {
  sessionStorage.removeItem("key");
  keyForm.hidden = false;
  keyInput.focus();
}

function clear(text) {
  status.className = "";
  status.textContent = text;
  answer.hidden = passages.hidden = true;
  answer.replaceChildren();
  passages.replaceChildren();
}

function fail(reason) {
  clear(reason);
  status.className = "error";
}

function show(body) {
  const known = [body.language, `${Math.round(body.took_ms)} ms`, body.written_by, body.notice];
  status.textContent = known.filter(Boolean).join(" · ");
  // An abstention, and a disagreement that no chat model put into words, begin with a line about it.
  const [first, second] = body.answer.split("\n");
  const nearest = body.citations.length > 0 ? ` ${second}` : "";
  if (body.abstained) answer.append(element("div", first + nearest));
  if (body.answers.length > 1 && !body.written_by) answer.append(element("div", first));
  if (body.answers.length > 0) answer.append(stated(body));
  if (body.written_by) {
    answer.append(written(body));
  } else {
    for (const citation of body.citations) {
      const line = element("p", `“${citation.quote}” `);
      line.lang = citation.language;
      line.append(link(citation.marker));
      answer.append(line);
    }
  }
  answer.hidden = false;

  for (const hit of body.hits) {
    const cited = body.citations.filter((citation) => citation.passage_id === hit.passage_id);
    passages.append(passage(hit, cited));
  }
  passages.hidden = body.hits.length === 0;
}

// Returns the short answer; if sources disagree, what each says, the newest first.
function stated(body) {
  const citationOf = (said) => body.citations.find((citation) => citation.marker === said.citations[0]);
  const dateOf = (said) => (citationOf(said)?.published_at ?? "").slice(0, 10);
  if (body.answers.length === 1) return short("div", body.answers[0]);
  const list = element("ul");
  for (const said of body.answers.toSorted((one, other) => dateOf(other).localeCompare(dateOf(one)))) {
    const hit = body.hits.find((each) => each.passage_id === said.passage_id);
    const known = [hit?.source || citationOf(said)?.title, dateOf(said)];
    const line = short("li", said);
    line.append(element("div", known.filter(Boolean).join(" · "), "meta"));
    list.append(line);
  }
  return list;
}

function short(name, said) {
  const line = element(name, `${said.text} `, "short");
  line.lang = said.language;
  line.append(...said.citations.map(link));
  return line;
}

// Returns the text that a chat model wrote, with its markers as links.
function written(body) {
  const line = element("p");
  line.lang = body.language;
  const cited = new Set(body.citations.map((citation) => String(citation.marker)));
  body.answer.split(/\[(\d+)\]/).forEach((part, place) => {
    // Parts with even numbers are text; parts with odd numbers are the numbers of markers.
    if (place % 2 === 0) line.append(part);
    else line.append(cited.has(part) ? link(part) : `[${part}]`);
  });
  return line;
}

function link(marker) {
  const raised = element("sup");
  const anchor = element("a", `[${marker}]`);
  anchor.href = `#quote-${marker}`;
  raised.append(anchor);
  return raised;
}

function passage(hit, cited) {
  const box = element("article");
  const markers = cited.map((citation) => `[${citation.marker}] `).join("");
  const heading = element("h2", markers + hit.title);
  heading.lang = hit.language;
  const page = hit.page && `page ${hit.page}`;
  const known = [hit.published_at, hit.language, hit.source, hit.url, page];
  const meta = element("p", known.filter(Boolean).join(" · "), "meta");
  box.append(heading, meta, marked(hit, cited));
  if (hit.also_at.length > 0) {
    const places = hit.also_at.map((other) => other.url || other.source || other.title);
    box.append(element("p", `also at ${places.join(" · ")}`, "meta"));
  }
  return box;
}

// Offsets count Unicode code points. The index of a JavaScript string counts UTF-16 units, so the text
// is converted to an array of code points first.
function marked(hit, cited) {
  const text = element("p", "", "text");
  text.lang = hit.language;
  const points = Array.from(hit.text);
  let shown = 0;
  for (const citation of cited.toSorted((one, other) => one.start - other.start)) {
    // A quote may begin within the one before it.
    const start = Math.max(shown, citation.start - hit.start);
    const end = citation.end - hit.start;
    const quote = element("mark", points.slice(start, end).join(""));
    quote.id = `quote-${citation.marker}`;
    text.append(points.slice(shown, start).join(""), quote);
    shown = end;
  }
  text.append(points.slice(shown).join(""));
  return text;
}

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}
