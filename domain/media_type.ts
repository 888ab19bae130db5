/** What MLflow shows as text, whatever the type's own name: the source, the settings and the tables of an experiment. */
const text = new Set(
  ("txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json jsonl js py py3 csv tsv md rst ipynb " +
    "mlmodel mlproject").split(" "),
);

const types = new Map(Object.entries({
  avif: "image/avif",
  bmp: "image/bmp",
  gif: "image/gif",
  heic: "image/heic",
  ico: "image/vnd.microsoft.icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  tif: "image/tiff",
  tiff: "image/tiff",
  webp: "image/webp",
  aac: "audio/aac",
  flac: "audio/flac",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  opus: "audio/opus",
  wav: "audio/x-wav",
  avi: "video/x-msvideo",
  mov: "video/quicktime",
  mp4: "video/mp4",
  mpeg: "video/mpeg",
  mpg: "video/mpeg",
  webm: "video/webm",
  css: "text/css",
  htm: "text/html",
  html: "text/html",
  mjs: "text/javascript",
  c: "text/plain",
  h: "text/plain",
  sh: "text/x-sh",
  vtt: "text/vtt",
  xhtml: "application/xhtml+xml",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  pdf: "application/pdf",
  ppt: "application/vnd.ms-powerpoint",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  ps: "application/postscript",
  tex: "application/x-tex",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  geojson: "application/geo+json",
  h5: "application/x-hdf5",
  hdf: "application/x-hdf",
  nc: "application/x-netcdf",
  pyc: "application/x-python-code",
  sql: "application/sql",
  wasm: "application/wasm",
  tar: "application/x-tar",
  zip: "application/zip",
  otf: "font/otf",
  ttf: "font/ttf",
  woff: "font/woff",
  woff2: "font/woff2",
}));

/**
 * The Content-Type of a file by its name, as MLflow guesses it (`_guess_mime_type` of 3.17): text of any kind is `text/plain`,
 * what is not known `application/octet-stream`. Unlike there, the case of a name does not matter, a compressed file is bytes
 * and not the type of what it holds, and JSON Lines are text.
 */
export function mediaType(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const dot = name.lastIndexOf(".");
  if (text.has(dot > 0 ? name.slice(dot + 1) : name)) return "text/plain";
  return (dot > 0 ? types.get(name.slice(dot + 1)) : undefined) ?? "application/octet-stream";
}
