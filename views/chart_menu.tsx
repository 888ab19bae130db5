import type { Child } from "hono/jsx";
import { Icon } from "./icons.tsx";

const files = [
  { kind: "png", text: "PNG, as it is shown" },
  { kind: "svg", text: "SVG, as it is shown" },
  { kind: "csv", text: "CSV, every point" },
] as const;

/** What can be done with one chart: what its page offers, then taking it along as a file, which `charts.js` does. */
export function ChartMenu({ metric, children }: { metric: string; children?: Child }) {
  return (
    <details class="menu cmenu">
      <summary class="btn sq ghost" aria-label={`More: ${metric}`} title="More">
        <Icon name="more" />
      </summary>
      <div>
        {children}
        <ul class="needsjs">
          {files.map(({ kind, text }) => (
            <li>
              <button type="button" class="ghost" data-export={kind}>
                <Icon name="download" />
                {text}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}
