import { ownHome } from "../../artifacts/stores.ts";
import { askLook } from "../../db/project_looks.ts";
import { invalid } from "../../domain/errors.ts";
import { execute } from "../../domain/permissions.ts";
import {
  largestUpload,
  packedProject,
  type ProjectFile,
  tooLarge,
  unpackProject,
  withoutTop,
} from "../../domain/projects/packed.ts";
import { href, path } from "../../views/links.ts";
import { putFile } from "../artifact_place.ts";
import type { Page } from "../page.tsx";

/** Bytes of a form: its files are packed only here. */
const largestForm = 3 * largestUpload;

/** Keeps a folder or a zip file that somebody chose, and has a worker look at it. */
export const uploadPages: Page[] = [{
  method: "POST",
  path: "/projects/uploads",
  access: execute.job,
  respond: async (services, context) => {
    // Told beforehand, as browsers do: the form is held in memory.
    const size = Number(context.req.header("content-length") ?? NaN);
    if (Number.isNaN(size)) throw invalid("The request must say how long it is: Content-Length.");
    if (size > largestForm) throw tooLarge(size);
    const fields = await context.req.raw.formData().catch(() => {
      throw invalid("The request must be a form with files: multipart/form-data.");
    });
    const { name, files } = await filesIn(fields);
    const { path: at, uri, zip } = await packedProject(name, files);
    const place = { store: services.artifacts.own, folder: "", home: ownHome };
    await putFile(services, place, at, new Blob([zip]).stream(), zip.length);
    const { look_id } = await askLook(services.sql, { uri, version: "", again: false });
    services.jobs.ring();
    const experiment_id = String(fields.get("experiment_id") ?? "");
    return context.redirect(href(path`/projects/new`, { look: look_id, experiment_id }), 303);
  },
}];

/** Of a folder, whose files have their paths for names, or of a zip. Inputs that nobody used send one empty file. */
async function filesIn(fields: FormData): Promise<{ name: string; files: readonly ProjectFile[] }> {
  const sent = [...fields.getAll("files"), ...fields.getAll("zip")].filter((one) => one instanceof File)
    .filter((file) => file.name !== "" && file.name !== "blob");
  const [first] = sent;
  if (!first) throw invalid("Invalid value for parameter 'files' supplied: choose a folder, or a zip file.");
  if (sent.length === 1 && /\.zip$/i.test(first.name)) {
    const { top, files } = withoutTop(unpackProject(await first.bytes()));
    return { name: top ?? first.name, files };
  }
  const all = await Promise.all(sent.map(async (file) => ({ path: file.name, bytes: await file.bytes() })));
  const { top, files } = withoutTop(all);
  return { name: top ?? "project", files };
}
