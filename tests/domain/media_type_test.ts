import { deepEqual, equal } from "node:assert/strict";
import { mediaType } from "../../domain/media_type.ts";

Deno.test("text of any kind is text/plain", () => {
  const names = [
    "a.txt",
    "conda.yaml",
    "d/params.json",
    "train.py",
    "data.csv",
    "note.ipynb",
    "out.LOG",
    "MLmodel",
    "MLproject",
    "x.jsonl",
  ];
  deepEqual(new Set(names.map(mediaType)), new Set(["text/plain"]));
});

Deno.test("pictures, sound, film and documents have their own type", () => {
  equal(mediaType("plots/loss.png"), "image/png");
  equal(mediaType("photo.JPG"), "image/jpeg");
  equal(mediaType("a.svg"), "image/svg+xml");
  equal(mediaType("a.mp4"), "video/mp4");
  equal(mediaType("report.html"), "text/html");
  equal(mediaType("report.pdf"), "application/pdf");
});

Deno.test("what is not known, or is compressed, is bytes", () => {
  const names = [
    "model.pkl",
    "model.onnx",
    "README",
    "a.",
    ".txt",
    ".bashrc",
    "a.csv.gz",
    "a.constructor",
    "png",
    "d.txt/png",
    "",
  ];
  deepEqual(new Set(names.map(mediaType)), new Set(["application/octet-stream"]));
});
