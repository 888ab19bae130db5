import type { Child } from "hono/jsx";
import type { AskedJob } from "../domain/jobs.ts";
import { shownSource } from "../domain/projects/packed.ts";
import { Badge, Panel } from "./parts.tsx";

export function Fact({ name, children }: { name: string; children: Child }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

type Told = Pick<
  AskedJob,
  "uri" | "version" | "entry_point" | "parameters" | "backend" | "env_manager" | "labels" | "priority" | "timeout_ms"
>;

/** What a job was told to do, or what jobs will be. */
export function Asked(told: Told) {
  const { uri, version, entry_point, parameters, backend, env_manager, labels, timeout_ms, priority } = told;
  return (
    <Panel title="Project">
      <dl class="kv">
        <Fact name="Address">
          <code dir="auto">{shownSource(uri)}</code>
        </Fact>
        {version !== undefined && <Fact name="Version">{version}</Fact>}
        <Fact name="Entry point">{entry_point}</Fact>
        {parameters.map(({ key, value }) => (
          <Fact name={key}>
            <code dir="auto">{value}</code>
          </Fact>
        ))}
        <Fact name="Runs on">
          {backend}
          {env_manager !== undefined && `, environment by ${env_manager}`}
        </Fact>
        {labels.length > 0 && <Fact name="Labels">{labels.map((label) => <Badge>{label}</Badge>)}</Fact>}
        {priority !== 0 && <Fact name="Priority">{priority}</Fact>}
        {timeout_ms !== undefined && <Fact name="Time limit">{Math.ceil(timeout_ms / 60_000)} min</Fact>}
      </dl>
    </Panel>
  );
}
