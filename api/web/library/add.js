import { useRef, useState } from "preact/hooks";
import { number, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { ProblemBox } from "../parts/problem.js";
import { request } from "../service/request.js";
import { collectionParam } from "../state/collections.js";
import { href } from "../state/route.js";
import { Jobs, jobs, started } from "./jobs.js";
import { PreviewView } from "./preview.js";

/** @typedef {import("../service/types.js").Preview} Preview */

/** Files and addresses become articles. */
export function AddPart() {
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  const [addresses, setAddresses] = useState("");
  const [keeps, setKeeps] = useState(false);
  const [preview, setPreview] = useState(/** @type {Preview | null} */ (null));
  const [busy, setBusy] = useState(/** @type {"preview" | "import" | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const urls = addresses.split(/\s+/).filter(Boolean);
  const isEmpty = files.length === 0 && urls.length === 0;
  /** @param {"preview" | "import"} what */
  const act = (what) => async () => {
    setBusy(what);
    setError(null);
    try {
      if (what === "preview") {
        setPreview(await previewOf(files, urls, keeps));
      } else {
        for (const job of await importOf(files, urls, keeps)) started(job);
        // What was added while these were sent stays.
        setFiles((now) => (now === files ? [] : now));
        setAddresses((now) => (now === addresses ? "" : now));
        setPreview(null);
      }
    } catch (failure) {
      setError(failure);
    }
    setBusy(null);
  };
  return html`<div class="add">
    <${DropZone} files=${files} onFiles=${(/** @type {File[]} */ list) => {
      setFiles(list);
      setPreview(null);
    }} />
    <label class="field" for="addresses">${t("add.addresses")}</label>
    <textarea
      id="addresses"
      rows="3"
      spellcheck="false"
      placeholder="https://example.org/news"
      value=${addresses}
      onInput=${(/** @type {{currentTarget: HTMLTextAreaElement}} */ { currentTarget }) => setAddresses(currentTarget.value)}
    ></textarea>
    <p class="hint">
      ${t("add.addresses-hint")} <a href=${href("library", { collection: collectionParam.value, tab: "feeds" })}>${t("add.watch")}</a>
    </p>
    <label class="choice">
      <input type="checkbox" checked=${keeps} onChange=${() => setKeeps(!keeps)} /> ${t("add.keep")}
    </label>
    <div class="row">
      <button type="button" class="button" disabled=${isEmpty || busy !== null} onClick=${act("preview")}>${t("add.preview")}</button>
      <button type="button" class="primary" disabled=${isEmpty || busy !== null} onClick=${act("import")}>
        <${Icon} name="upload" /> ${t("add.import")}
      </button>
    </div>
    ${busy !== null && html`<div class="waiting"><div class="bar"></div><p>${t(busy === "preview" ? "add.reading" : "add.sending")}</p></div>`}
    ${error !== null && html`<${ProblemBox} error=${error} />`}
    ${preview !== null && html`<${PreviewView} preview=${preview} />`}
    ${jobs.value.length > 0 && html`<${Jobs} />`}
  </div>`;
}

/** @param {{files: File[], onFiles: (files: File[]) => void}} props */
function DropZone({ files, onFiles }) {
  const [isOver, setOver] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {DragEvent} event */
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    onFiles([...files, ...(event.dataTransfer?.files ?? [])]);
  };
  const size = files.reduce((sum, each) => sum + each.size, 0);
  return html`<div
    class="drop ${isOver ? "over" : ""}"
    onDragOver=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(true);
    }}
    onDragLeave=${() => setOver(false)}
    onDrop=${drop}
  >
    <${Icon} name="upload" />
    <p>${t("add.drop")}</p>
    <label class="button file-button">
      ${t("add.choose")}
      <input
        ref=${input}
        type="file"
        multiple
        class="unseen"
        onChange=${() => {
          onFiles([...files, ...(input.current?.files ?? [])]);
          if (input.current) input.current.value = "";
        }}
      />
    </label>
    <p class="hint">${t("add.kinds")}</p>
    ${files.length > 0 &&
    html`<ul class="chips" aria-label=${t("add.files", { n: files.length, kb: Math.ceil(size / 1024) })}>
      ${files.map(
        (file, place) => html`<li>
          <button
            type="button"
            class="chip"
            aria-label=${t("add.leave-out", { name: file.name })}
            onClick=${() => onFiles(files.filter((_, at) => at !== place))}
          >
            <bdi>${file.name}</bdi> <span class="hint">${number(Math.ceil(file.size / 1024))} KB</span><${Icon} name="close" />
          </button>
        </li>`,
      )}
    </ul>`}
  </div>`;
}

/**
 * @param {File[]} files
 * @param {boolean} keeps
 */
function formOf(files, keeps) {
  const form = new FormData();
  for (const file of files) form.append("files", file);
  if (keeps) form.append("keep_boilerplate", "true");
  return form;
}

/**
 * @param {File[]} files
 * @param {string[]} urls
 * @param {boolean} keeps
 * @returns {Promise<Preview>}
 */
async function previewOf(files, urls, keeps) {
  const query = { collection: collectionParam.value };
  const parts = await Promise.all([
    ...(files.length > 0 ? [request("POST", "/v1/previews", { query, body: formOf(files, keeps) })] : []),
    ...(urls.length > 0
      ? [request("POST", "/v1/previews/urls", { body: withCollection({ urls: urls.slice(0, 10), keep_boilerplate: keeps }) })]
      : []),
  ]);
  return {
    articles: parts.flatMap((each) => each.articles),
    rejected: parts.flatMap((each) => each.rejected),
    more: parts.reduce((sum, each) => sum + each.more, 0),
    more_rejected: parts.reduce((sum, each) => sum + each.more_rejected, 0),
    notices: parts.flatMap((each) => each.notices),
  };
}

/**
 * @param {File[]} files
 * @param {string[]} urls
 * @param {boolean} keeps
 * @returns {Promise<import("../service/types.js").Job[]>}
 */
async function importOf(files, urls, keeps) {
  const begun = [];
  if (files.length > 0) {
    const query = { collection: collectionParam.value };
    begun.push(await request("POST", "/v1/imports", { query, body: formOf(files, keeps) }));
  }
  if (urls.length > 0) {
    begun.push(await request("POST", "/v1/imports/urls", { body: withCollection({ urls, keep_boilerplate: keeps }) }));
  }
  return begun;
}

/** @param {object} body */
function withCollection(body) {
  return collectionParam.value === null ? body : { ...body, collection: collectionParam.value };
}
