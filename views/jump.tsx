import { Icon, type IconName } from "./icons.tsx";
import { href, path } from "./links.ts";
import { PageHead } from "./parts.tsx";
import { JumpBox } from "./jump_box.tsx";
import { Shell } from "./shell.tsx";

export interface JumpPageProps {
  words: string;
  found: {
    experiments: readonly { experiment_id: string; name: string }[];
    runs: readonly { run_id: string; run_name: string; experiment_name: string }[];
    models: readonly { name: string; prompt: boolean }[];
  };
}

interface Place {
  icon: IconName;
  text: string;
  /** Where it is, or what it is. */
  note: string;
  href: string;
}

/** Pages, and what can be done from anywhere. */
const pages = (): Place[] => [
  { icon: "flask", text: "Experiments", note: "page", href: href(path`/experiments`) },
  { icon: "add", text: "New experiment", note: "action", href: href(path`/experiments`, { create: "1" }) },
  { icon: "box", text: "Models", note: "page", href: href(path`/models`) },
  { icon: "compare", text: "Compare runs", note: "page", href: href(path`/compare`) },
  { icon: "run", text: "Projects", note: "page", href: href(path`/projects`) },
  { icon: "add", text: "Run a project", note: "action", href: href(path`/projects/new`) },
  { icon: "delete", text: "Bin", note: "page", href: href(path`/bin`) },
  { icon: "file", text: "API reference", note: "page", href: href(path`/docs/api`) },
  { icon: "edit", text: "Settings", note: "page", href: href(path`/settings`) },
];

/** `/jump`: whatever has a name, by its name. `static/jump.js` shows its list over any page. */
export function JumpPage({ words, found }: JumpPageProps) {
  const places = placesOf(words, found);
  return (
    <Shell title="Jump to…" bare>
      <PageHead crumbs={[]} title="Jump to…" />
      <form class="jumpform" role="search" action={href(path`/jump`)}>
        <JumpBox words={words} />
      </form>
      <ul class="places" id="places">
        {places.map((place) => (
          <li>
            <a href={place.href}>
              <Icon name={place.icon} />
              <span dir="auto">{place.text}</span>
              <span class="mut" dir="auto">{place.note}</span>
            </a>
          </li>
        ))}
        {places.length === 0 && <li class="none mut">Nothing is called so.</li>}
      </ul>
    </Shell>
  );
}

function placesOf(words: string, { experiments, runs, models }: JumpPageProps["found"]): Place[] {
  return [
    ...pages().filter(({ text }) => text.toLowerCase().includes(words.toLowerCase())),
    ...experiments.map(({ experiment_id, name }): Place => ({
      icon: "flask",
      text: name,
      note: "experiment",
      href: href(path`/experiments/${experiment_id}`),
    })),
    ...models.map(({ name, prompt }): Place => ({
      icon: "box",
      text: name,
      note: prompt ? "prompt" : "model",
      href: href(path`/models/${name}`),
    })),
    ...runs.map(({ run_id, run_name, experiment_name }): Place => ({
      icon: "run",
      text: run_name || run_id,
      note: `run in ${experiment_name}`,
      href: href(path`/runs/${run_id}`),
    })),
  ];
}
