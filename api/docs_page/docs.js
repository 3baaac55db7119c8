// Shows the OpenAPI document of the service: its routes by subject, with examples.

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Make an element with attributes and children; texts are shown as texts. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Texts with `words` and ``words`` as code, in paragraphs. */
function paragraphs(text) {
  return (text || "").split(/\n\s*\n/).filter(Boolean).map((each) => {
    const parts = each.split(/(``[^`]+``|`[^`]+`)/);
    return element("p", {}, ...parts.map((part) =>
      /^`/.test(part) ? element("code", {}, part.replace(/`/g, "")) : part));
  });
}

/** The schema that a reference means; other schemas are what they are. */
function resolved(api, schema) {
  const name = schema && schema.$ref && schema.$ref.split("/").pop();
  return name ? api.components.schemas[name] : schema || {};
}

/** A type in a few words. */
function typeOf(schema) {
  if (!schema) return "anything";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  const choices = schema.anyOf || schema.oneOf;
  if (choices) return choices.map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items)}`;
  return schema.type || "anything";
}

/** What a value may be beside its type. */
function limitsOf(schema) {
  const said = [];
  if (schema.default !== undefined && schema.default !== null) {
    said.push(`default: ${JSON.stringify(schema.default)}`);
  }
  if (schema.minimum !== undefined) said.push(`at least ${schema.minimum}`);
  if (schema.maximum !== undefined) said.push(`at most ${schema.maximum}`);
  if (schema.maxLength !== undefined) said.push(`at most ${schema.maxLength} characters`);
  if (schema.maxItems !== undefined) said.push(`at most ${schema.maxItems} items`);
  return said.length ? `; ${said.join(", ")}` : "";
}

function member(name, schema, required, description) {
  const about = `${typeOf(schema)}${limitsOf(schema)}${required ? "; required" : ""}`;
  return [
    element("dt", {}, element("code", {}, name), " ", element("span", {}, about)),
    element("dd", {}, ...paragraphs(description || schema.description)),
  ];
}

function members(api, schema) {
  const { properties = {}, required = [] } = resolved(api, schema);
  const described = Object.entries(properties).flatMap(([name, each]) =>
    member(name, each, required.includes(name)));
  return described.length ? element("dl", {}, ...described) : null;
}

function example(value) {
  return element("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));
}

function parameters(operation) {
  const shown = (operation.parameters || []).filter((each) => each.in !== "header"
    || /^(if-|idempotency)/.test(each.name));
  if (!shown.length) return [];
  const described = shown.flatMap((each) =>
    member(`${each.name} (${each.in})`, each.schema || {}, each.required, each.description));
  return [element("h3", {}, "Parameters"), element("dl", {}, ...described)];
}

function body(api, operation) {
  const content = operation.requestBody && operation.requestBody.content;
  if (!content) return [];
  const [media, { schema }] = Object.entries(content)[0];
  const whole = resolved(api, schema);
  const examples = whole.examples || [];
  return [
    element("h3", {}, `Body (${media})`),
    ...paragraphs(whole.description && whole.description.split("\n\nAttributes:")[0]),
    members(api, schema),
    ...examples.slice(0, 2).map(example),
  ];
}

function responses(api, operation) {
  const shown = [];
  for (const [status, response] of Object.entries(operation.responses || {})) {
    if (!/^2/.test(status)) continue;
    const json = (response.content || {})["application/json"];
    const types = Object.keys(response.content || {}).join(", ") || "no body";
    shown.push(element("h3", {}, `Response ${status} (${types})`));
    if (json && json.schema) shown.push(element("p", {}, element("code", {}, typeOf(json.schema))));
    const given = json && (json.example
      || (json.examples && Object.values(json.examples)[0].value));
    if (json && json.schema) shown.push(members(api, json.schema));
    if (given) shown.push(example(given));
  }
  const errors = Object.keys(operation.responses || {}).filter((status) => /^[45]/.test(status));
  if (errors.length) shown.push(element("p", {}, `Errors: ${errors.join(", ")}`));
  return shown;
}

function route(api, path, method, operation) {
  const scope = (operation["x-scopes"] || []).join(", ");
  const head = element("summary", {},
    element("span", { class: `method ${method}` }, method.toUpperCase()),
    element("span", { class: "path" }, path),
    element("span", { class: "about" }, (operation.description || "").split("\n\n")[0]
      .replace(/`/g, "")));
  const inside = element("div", {},
    ...paragraphs((operation.description || "").split("\n\n").slice(1).join("\n\n")),
    scope ? element("p", {}, "Scope: ", element("code", {}, scope)) : null,
    ...parameters(operation),
    ...body(api, operation),
    ...responses(api, operation));
  const made = element("details", { id: operation.operationId }, head, inside);
  made.dataset.words = `${method} ${path} ${operation.operationId} ${operation.description || ""}`
    .toLowerCase();
  return made;
}

function show(api) {
  document.getElementById("version").textContent = api.info.version;
  document.getElementById("summary").replaceWith(...paragraphs(api.info.description));
  const bySubject = new Map((api.tags || []).map(({ name }) => [name, []]));
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((each) => operations[each])) {
      const subject = (operations[method].tags || ["other"])[0];
      if (!bySubject.has(subject)) bySubject.set(subject, []);
      bySubject.get(subject).push(route(api, path, method, operations[method]));
    }
  }
  const main = document.getElementById("routes");
  const subjects = document.getElementById("subjects");
  for (const [name, made] of bySubject) {
    if (!made.length) continue;
    const id = `subject-${name}`;
    const about = (api.tags || []).find((tag) => tag.name === name);
    main.append(element("section", { "aria-labelledby": id },
      element("h2", { id }, name), ...paragraphs(about && about.description), ...made));
    subjects.append(element("li", {}, element("a", { href: `#${id}` }, name)));
  }
  const wanted = location.hash && document.getElementById(location.hash.slice(1));
  if (wanted) {
    wanted.open = true;
    wanted.scrollIntoView();
  }
}

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const each of document.querySelectorAll("details")) {
    each.hidden = !words.every((word) => each.dataset.words.includes(word));
    found += !each.hidden;
  }
  for (const section of document.querySelectorAll("section")) {
    section.hidden = !section.querySelector("details:not([hidden])");
  }
  document.getElementById("count").textContent = words.length ? `${found} ${found === 1 ? "route" : "routes"}` : "";
}

document.getElementById("find").addEventListener("input", (event) => find(event.target.value));

try {
  const response = await fetch("openapi.json");
  if (!response.ok) throw new Error(`The service answered ${response.status}.`);
  show(await response.json());
} catch (error) {
  document.getElementById("routes").append(element("p", { role: "alert" }, String(error.message)));
}
