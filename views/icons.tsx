/** Line icons on a 16 px grid, drawn with the colour of the text. The icons of run states are in the style sheet. */
const paths = {
  add: "M8 3.5v9M3.5 8h9",
  back: "M10 4 6 8l4 4",
  check: "M3.5 8.5 6.5 11.5 12.5 4.5",
  close: "M4.5 4.5l7 7m0-7-7 7",
  columns: "M2.5 3.5h11v9h-11zM6.2 3.5v9M9.8 3.5v9",
  bookmark: "M4.5 2.5h7v11L8 10.5l-3.5 3z",
  box: "M8 2 2.5 4.8v6.4L8 14l5.5-2.8V4.8zM2.5 4.8 8 7.6l5.5-2.8M8 7.6V14",
  compare: "M5 3v10M11 3v10M2.5 5.5H5m6 5h2.5M2.5 10.5H5m6-5h2.5",
  copy: "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
  delete: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9",
  down: "M4 6l4 4 4-4",
  download: "M8 2.5V10m0 0L5 7m3 3 3-3M3 13h10",
  edit: "M3 13l.8-3 6.7-6.7 2.2 2.2L6 12.2z",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  hidden:
    "M2.5 2.5l11 11M6 4a6.5 6.5 0 0 1 2-.4c4 0 6.5 4.4 6.5 4.4a11 11 0 0 1-2 2.4M4 5.2A11 11 0 0 0 1.5 8S4 12.4 8 12.4c.8 0 1.5-.1 2.2-.4",
  expand: "M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5 9 7M2.5 13.5 7 9",
  file: "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
  flask: "M6 2.5h4M6.8 2.5v4L3 12.2a.9.9 0 0 0 .8 1.3h8.4a.9.9 0 0 0 .8-1.3L9.2 6.5v-4M5 9.5h6",
  folder: "M2 4h4l1.5 1.5H14v7H2z",
  image: "M2.5 3.5h11v9h-11zM2.5 11l3.5-3.5 3 3 2-2 2.5 2.5",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  pin: "M6 2.5h4l-.5 4L12 9H4l2.5-2.5zM8 9v4.5",
  restore: "M3.5 6A5 5 0 1 1 3 9M3 3v3.5h3.5",
  right: "M6 4l4 4-4 4",
  run: "M5 3.5v9l7-4.5z",
  search: "M7 11.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9zM10.5 10.5l3 3",
  stop: "M4.5 4.5h7v7h-7z",
  swap: "M2.5 5.5h9m0 0L9 3m2.5 2.5L9 8M13.5 10.5h-9m0 0L7 8m-2.5 2.5L7 13",
  tag: "M2.5 3v4.5l6 6 5-5-6-6H3zM5.3 5.5h.01",
  up: "M4 10l4-4 4 4",
  upload: "M8 10V2.5m0 0L5 5.5m3-3 3 3M3 13h10",
  warning: "M8 2.5 14 13H2zM8 6.5v3M8 11.3h.01",
} as const;

export type IconName = keyof typeof paths;

/** An icon that only decorates: the word beside it, or the label of its button, says the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** Water over a notch. */
export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <path d="M1 3h4.5L11 14.5 16.5 3H21v16H1z" fill="currentColor" />
      <path d="M8.4 6.5h5.2L11 11.9z" fill="var(--acc)" />
    </svg>
  );
}
