import type { ModelVersion } from "../domain/entities.ts";
import { promptMessages, promptParts, promptVariables } from "../domain/prompt.ts";
import { Aliases, versionHref } from "./model_parts.tsx";
import { loadPrompt } from "./model_snippets.ts";
import { Panel, Snippet } from "./parts.tsx";

/** What a version of a prompt says, its variables marked. */
export function PromptPanel({ version }: { version: ModelVersion }) {
  const messages = promptMessages(version.tags);
  if (messages === undefined) {
    return (
      <Panel title="Prompt">
        <p class="none mut">Version {version.version} has no text.</p>
      </Panel>
    );
  }
  const variables = promptVariables(messages);
  return (
    <Panel
      title={
        <>
          Prompt, <a href={versionHref(version.name, version.version)}>version {version.version}</a>
        </>
      }
      note={<Aliases aliases={version.aliases} />}
      class="prompt"
    >
      {variables.length > 0 && (
        <p class="vars">
          <span class="mut">{variables.length === 1 ? "Variable" : "Variables"}</span> {variables.map((name) => (
            <>
              <mark>
                <bdi>{name}</bdi>
              </mark>
              {" "}
            </>
          ))}
        </p>
      )}
      {messages.map(({ role, text }) => (
        <>
          {role !== "" && <h3 dir="auto">{role}</h3>}
          <pre class="text" dir="auto" tabindex={0}>{promptParts(text).map((part) =>
            part.variable === undefined ? part.words : <mark>{part.variable}</mark>
          )}</pre>
        </>
      ))}
    </Panel>
  );
}

export function PromptUse(
  { version, alias, server }: { version: ModelVersion; alias: string | undefined; server: string },
) {
  const variables = promptVariables(promptMessages(version.tags) ?? []);
  return (
    <Panel title="Use it" note={`version ${version.version}`} class="use">
      <Snippet
        label="Load the prompt in Python"
        code={loadPrompt(server, version.name, version.version, alias, variables)}
      />
    </Panel>
  );
}
