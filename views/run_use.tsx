import type { ShownModel } from "../domain/look.ts";
import type { Run } from "../domain/entities.ts";
import { type LineSet, loadLines, serveLines } from "./model_lines.ts";
import { Panel, Snippet } from "./parts.tsx";
import { fetchFiles, loadModel, modelUris, reproduce } from "./run_snippets.ts";

export interface UseProps {
  run: Run;
  server: string;
  /** What the run's newest model says of itself, where it can be read. */
  model?: { uri: string; shown: ShownModel } | undefined;
}

/** Lines to paste: load and serve what the run made, fetch its files, run its code again. */
export function Use({ run, server, model }: UseProps) {
  const again = reproduce(run, server);
  return (
    <Panel title="Use this run" class="use">
      {model
        ? modelLines(server, model).map((lines) => <Lines {...lines} />)
        : modelUris(run).slice(-1).map((uri) => (
          <Lines title="Load the model" label="Load the model in Python" code={loadModel(server, uri)} />
        ))}
      <Lines title="Fetch its files" label="Fetch the files in Python" code={fetchFiles(server, run.info.run_id)} />
      {again !== undefined && <Lines title="Reproduce" label="Reproduce the run in a shell" code={again} />}
    </Panel>
  );
}

function Lines({ title, label, code }: LineSet) {
  return (
    <>
      <h3>{title}</h3>
      <Snippet label={label} code={code} />
    </>
  );
}

function modelLines(server: string, { uri, shown: { card } }: NonNullable<UseProps["model"]>): LineSet[] {
  const load = loadLines(server, uri, card);
  const usual = { title: "Load the model", label: "Load the model in Python", code: loadModel(server, uri) };
  return [...(load.length > 0 ? load : [usual]), ...serveLines(server, uri, undefined)];
}
