/** Every way in which a request names an artifact. */
import { type RawAnswer, sendRaw } from "../raw_request.ts";

/** What the routes ask after. */
export interface Subjects {
  url: string;
  run_id: string;
  other_run_id: string;
  model_id: string;
  trace_id: string;
  /** Of version 1. */
  model: string;
}

export interface ArtifactRoute {
  name: string;
  /** What it may do to a file; a page answers 200 with its refusal in it. */
  does: "reads" | "writes" | "removes" | "shows" | "signs";
  /** Asks for the spelling, as it stands where a request can hold it. */
  ask(spelling: string, body: string): Promise<RawAnswer>;
  /** What the server was told, decoded once. Undefined where that is not text. */
  told(spelling: string): string | undefined;
}

/** As it can stand in a request line: what no request line holds is escaped, the rest is left alone. */
const inLine = (text: string, more = ""): string =>
  Array.from(
    text.toWellFormed(),
    (one) => /[\0-\x20\x7f-\u{10ffff}]/u.test(one) || more.includes(one) ? encodeURIComponent(one) : one,
  )
    .join("");

function decodedOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function artifactRoutes({ url, run_id, other_run_id, model_id, trace_id, model }: Subjects): ArtifactRoute[] {
  const inPath = (
    name: string,
    does: ArtifactRoute["does"],
    method: string,
    before: string,
    json = false,
  ): ArtifactRoute => ({
    name,
    does,
    ask: (spelling, body) =>
      sendRaw(url, method, before + inLine(spelling), body, json ? "application/json" : "application/octet-stream"),
    told: (spelling) => decodedOnce(inLine(spelling).replace(/[?#][^]*$/, "")),
  });
  const inQuery = (name: string, does: ArtifactRoute["does"], method: string, before: string): ArtifactRoute => ({
    name,
    does,
    ask: (spelling, body) => sendRaw(url, method, before + inLine(spelling, "&#+%"), body),
    told: (spelling) => spelling.toWellFormed(),
  });
  const inBody = (
    name: string,
    does: ArtifactRoute["does"],
    path: string,
    fields: (path: string) => object,
  ): ArtifactRoute => ({
    name,
    does,
    ask: (spelling) => sendRaw(url, "POST", path, JSON.stringify(fields(spelling)), "application/json"),
    told: (spelling) => spelling,
  });
  const byPrefix = ["/api", "/ajax-api"].flatMap((prefix) => {
    const [proxy, api] = [`${prefix}/2.0/mlflow-artifacts`, `${prefix}/2.0/mlflow`];
    return [
      inPath(`GET ${proxy}/artifacts/`, "reads", "GET", `${proxy}/artifacts/`),
      inPath(`PUT ${proxy}/artifacts/`, "writes", "PUT", `${proxy}/artifacts/`),
      inQuery(`GET ${proxy}/artifacts?path=`, "reads", "GET", `${proxy}/artifacts?path=`),
      inPath(`GET ${proxy}/presigned/`, "signs", "GET", `${proxy}/presigned/`),
      ...["create", "complete", "abort"].flatMap((step) => [
        inPath(`POST ${proxy}/mpu/${step}/`, "signs", "POST", `${proxy}/mpu/${step}/`, true),
        inBody(`POST ${proxy}/mpu/${step}/ by its file`, "signs", `${proxy}/mpu/${step}/0/r/artifacts`, upload),
      ]),
      inQuery(`GET ${api}/artifacts/list`, "reads", "GET", `${api}/artifacts/list?run_id=${run_id}&path=`),
      inQuery(
        `GET ${api}/logged-models/…/directories`,
        "reads",
        "GET",
        `${api}/logged-models/${model_id}/artifacts/directories?artifact_directory_path=`,
      ),
      ...["upload", "download"].map((way) =>
        inBody(
          `POST ${api}/artifacts/presigned-${way}-url`,
          "signs",
          `${api}/artifacts/presigned-${way}-url`,
          (path) => ({ run_id, path }),
        )
      ),
      inPath(`DELETE ${proxy}/artifacts/`, "removes", "DELETE", `${proxy}/artifacts/`),
    ];
  });
  const ajax = "/ajax-api/2.0/mlflow";
  return [
    ...byPrefix,
    inQuery("GET /get-artifact", "reads", "GET", `/get-artifact?run_id=${run_id}&path=`),
    inQuery("GET /get-artifact-zip", "reads", "GET", `/get-artifact-zip?run_id=${run_id}&path=`),
    inQuery("POST upload-artifact", "writes", "POST", `${ajax}/upload-artifact?run_uuid=${run_id}&path=`),
    inQuery(
      "GET logged-models/…/files",
      "reads",
      "GET",
      `${ajax}/logged-models/${model_id}/artifacts/files?artifact_file_path=`,
    ),
    inQuery("GET get-trace-artifact", "reads", "GET", `${ajax}/get-trace-artifact?request_id=${trace_id}&path=`),
    inQuery(
      "GET /model-versions/get-artifact",
      "reads",
      "GET",
      `/model-versions/get-artifact?name=${model}&version=1&path=`,
    ),
    inQuery("GET /show-artifact", "shows", "GET", `/show-artifact?run_id=${run_id}&path=`),
    inQuery("GET /runs/…", "shows", "GET", `/runs/${run_id}?path=`),
    inQuery("GET /compare", "shows", "GET", `/compare?runs=${run_id}&runs=${other_run_id}&file=`),
    inQuery("GET /logged-models/…", "shows", "GET", `/logged-models/${model_id}?path=`),
    inQuery("GET /models/…/versions/1", "shows", "GET", `/models/${model}/versions/1?path=`),
  ].toSorted((a, b) => Number(a.does === "removes") - Number(b.does === "removes"));
}

const upload = (path: string) => ({
  path,
  num_parts: 1,
  upload_id: "x",
  parts: [{ part_number: 1, etag: "x", url: "" }],
});
