// @ts-check
/** The order of the columns of the runs table: heads are dragged, and in the picker columns move by buttons. */

/* ---- In the picker a column moves at once, and the menu stays open; "Show these" sends them in their new order. ---- */

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest(".moves button") : null;
  const item = button?.closest("li");
  if (!(button instanceof HTMLButtonElement) || !item) return;
  event.preventDefault();
  const up = button.value.endsWith(" up");
  const other = up ? item.previousElementSibling : item.nextElementSibling;
  if (!other?.querySelector(".moves")) return;
  if (up) other.before(item);
  else other.after(item);
  button.focus();
});

/* ---- A head that is dropped beside another of its kind moves its column in the picker, and sends that. ---- */

/** @type {HTMLElement | undefined} */
let dragged;

/** @param {Event} event */
const headOf = (event) => {
  const head = event.target instanceof Element ? event.target.closest("th[data-column]") : null;
  return head instanceof HTMLElement ? head : undefined;
};

/** @param {HTMLElement} head */
const kindOf = (head) => head.dataset.column?.split(".")[0];

/**
 * Where the dragged column would come to stand; none where it cannot.
 * @param {DragEvent} event
 */
function placeOf(event) {
  const head = headOf(event);
  if (!head || !dragged || head === dragged || kindOf(head) !== kindOf(dragged)) return;
  const { left, width } = head.getBoundingClientRect();
  return { head, side: event.clientX < left + width / 2 ? "before" : "after" };
}

/** @param {{ head: HTMLElement, side: string }} [place] */
function mark(place) {
  for (const head of document.querySelectorAll("th[data-drop]")) head.removeAttribute("data-drop");
  place?.head.setAttribute("data-drop", place.side);
}

document.addEventListener("dragstart", (event) => {
  dragged = headOf(event);
  if (!dragged) return;
  event.dataTransfer?.setData("text/plain", dragged.dataset.column ?? ""); // Firefox drags nothing without data
});

document.addEventListener("dragover", (event) => {
  const place = placeOf(event);
  mark(place);
  if (place) event.preventDefault(); // it may be dropped here
});

document.addEventListener("drop", (event) => {
  const place = placeOf(event);
  const [item, other] = [dragged, place?.head].map((head) => boxOf(head)?.closest("li"));
  if (!place || !item || !other) return;
  event.preventDefault();
  if (place.side === "before") other.before(item);
  else other.after(item);
  boxOf(dragged)?.form?.requestSubmit();
});

document.addEventListener("dragend", () => {
  dragged = undefined;
  mark();
});

/** The box of a column in the picker. @param {HTMLElement | undefined} head */
function boxOf(head) {
  const boxes = [...document.querySelectorAll('.picker input[name="columns"]')];
  return boxes.filter((box) => box instanceof HTMLInputElement).find((box) => box.value === head?.dataset.column);
}
