import { useState } from "preact/hooks";
import { languageName, t } from "../i18n/locale.js";
import { Dialog } from "../parts/dialog.js";
import { html } from "../parts/html.js";
import { ProblemBox } from "../parts/problem.js";
import { articlePath } from "../service/articles.js";
import { request } from "../service/request.js";
import { announce } from "../state/announcements.js";
import { changes, collectionParam } from "../state/collections.js";

/** @typedef {import("../service/types.js").Article} Article */

const LANGUAGES = ["vi", "zh", "en"];

/**
 * Changes what is known of an article beside its text.
 * @param {{article: Pick<Article, "id" | "title" | "source" | "published_at" | "tags" | "language">,
 *   onClose: () => void}} props
 */
export function EditDialog({ article, onClose }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const languages = LANGUAGES.includes(article.language) ? LANGUAGES : [article.language, ...LANGUAGES];
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    /** @param {string} name */
    const text = (name) => String(form.get(name) ?? "").trim();
    // A date may have a time, which stays if the day does.
    const isSameDay = text("published_at") === (article.published_at?.slice(0, 10) ?? "");
    try {
      await request("PATCH", articlePath(article.id), {
        query: { collection: collectionParam.value },
        body: {
          title: text("title"),
          source: text("source") || null,
          ...(!isSameDay && { published_at: text("published_at") || null }),
          tags: text("tags").split(/[,，、\n]/).map((each) => each.trim()).filter(Boolean),
          language: text("language"),
        },
      });
      changes.value += 1;
      announce(t("saved"));
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  return html`<${Dialog} title=${t("edit")} onClose=${onClose}>
    <form class="stack" onSubmit=${submit}>
      <label class="field">${t("article.title")}
        <input name="title" required maxlength="2000" dir="auto" defaultValue=${article.title} />
      </label>
      <label class="field">${t("article.source")}
        <input name="source" maxlength="2000" dir="auto" defaultValue=${article.source ?? ""} />
      </label>
      <label class="field">${t("article.date")}
        <input name="published_at" type="date" defaultValue=${article.published_at?.slice(0, 10) ?? ""} />
      </label>
      <label class="field">${t("article.tags")}
        <input name="tags" dir="auto" defaultValue=${article.tags.join(", ")} />
      </label>
      <label class="field">${t("article.language")}
        <select name="language">
          ${languages.map(
            (each) => html`<option value=${each} selected=${each === article.language}>${languageName(each)}</option>`,
          )}
        </select>
      </label>
      ${error !== null && html`<${ProblemBox} error=${error} />`}
      <div class="row">
        <button type="submit" class="primary">${t("save")}</button>
      </div>
    </form>
  <//>`;
}
