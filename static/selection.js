// @ts-check
/** What is done to the selected runs is asked in a dialog; without this module, on a page of its own. */

import { element, say } from "./weir.js";

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-asks]") : null;
  if (!(button instanceof HTMLButtonElement) || button.form === null) return;
  event.preventDefault();
  const menu = button.closest("details");
  menu?.querySelector("summary")?.focus(); // where the focus is again when the dialog is closed
  if (menu) menu.open = false;
  ask(button, button.form);
});

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLFormElement} form
 */
async function ask(button, form) {
  const url = new URL(button.formAction);
  for (const run of new FormData(form).getAll("runs")) url.searchParams.append("runs", String(run));
  url.searchParams.set("back", button.value);
  const answer = await fetch(url, { headers: { accept: "text/html" } }).catch(() => undefined);
  if (!answer?.ok) return say(answer ? `The server answered ${answer.status}.` : "The server cannot be reached.");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const question = page.querySelector("#act");
  if (question) show(page.querySelector("h1")?.textContent ?? "", question);
}

/**
 * @param {string} title
 * @param {Element} question
 */
function show(title, question) {
  const dialog = document.createElement("dialog");
  dialog.className = "acting";
  const heading = element("h2", title);
  heading.id = "acting-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(heading, document.importNode(question, true));
  const cancel = dialog.querySelector(".cancel");
  const close = element("button", "Cancel");
  close.setAttribute("type", "button");
  close.addEventListener("click", () => dialog.close());
  cancel?.replaceChildren(close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
