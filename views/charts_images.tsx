import { imageAt, type ImageCard, imageFolder, type StepImage } from "../domain/image_steps.ts";
import { count, counted } from "../domain/format.ts";
import type { ChartsView } from "../wire/pages_charts.ts";
import { chartsPath, chartsQuery } from "./charts_links.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Dot } from "./parts.tsx";

export interface ChartsImagesProps {
  view: ChartsView;
  images: { cards: readonly ImageCard[]; left_out: number };
}

/** What `mlflow.log_image` logged at steps, the runs side by side, a slider for each key. */
export function ChartsImages({ view, images: { cards, left_out } }: ChartsImagesProps) {
  if (cards.length === 0) return null;
  return (
    <details class="csec" id="section-images" open={!view.closed.includes("images")} data-section="images">
      <summary>
        <Icon name="down" />
        <h2>Images</h2>
        <span class="mut">{count(cards.length)}</span>
      </summary>
      {cards.map((card) => <Card view={view} card={card} />)}
      {left_out > 0 && <p class="mut">{counted(left_out, "more run")} shown above have images, too.</p>}
    </details>
  );
}

function Card({ view, card: { key, steps, runs } }: { view: ChartsView; card: ImageCard }) {
  const place = Math.min(view.images.get(key) ?? steps.length - 1, steps.length - 1);
  const step = steps[place] ?? 0;
  return (
    <section class="pan icard" data-images={key} data-steps={JSON.stringify(steps)}>
      <header>
        <h2 dir="auto" title={key}>{key}</h2>
        <form class="islide" action={href(chartsPath(view))}>
          <HiddenFields query={chartsQuery(view)} />
          <input type="hidden" name="image_key" value={key} />
          <input
            type="range"
            name="image_at"
            min="0"
            max={steps.length - 1}
            value={place}
            aria-label={`Step of ${key}`}
            aria-valuetext={`step ${step}`}
            disabled={steps.length < 2}
          />
          <output>step {count(step)}</output>
          <button type="submit" class="nojs">Show</button>
        </form>
        <span class="mut">{counted(steps.length, "step")}</span>
      </header>
      <div class="imgs">
        {runs.map(({ run_id, run_name, images }) => (
          <Picture run_id={run_id} run_name={run_name} images={images} at={imageAt(images, step)} name={key} />
        ))}
      </div>
    </section>
  );
}

interface PictureProps {
  run_id: string;
  run_name: string;
  images: readonly StepImage[];
  at: StepImage | undefined;
  name: string;
}

function Picture({ run_id, run_name, images, at, name }: PictureProps) {
  if (at === undefined) return null;
  const address = (file: string): string => href(path`/get-artifact`, { run_id, path: `${imageFolder}/${file}` });
  const page = (file: string): string =>
    href(path`/runs/${run_id}`, { tab: "artifacts", path: `${imageFolder}/${file}` });
  const known = images.map(({ step, shown, whole }) => [step, address(shown), page(whole)]);
  return (
    <figure data-line={run_id} data-known={JSON.stringify(known)}>
      <figcaption>
        <Dot run_id={run_id} />
        <a href={href(path`/runs/${run_id}`)} title={run_name} dir="auto">{run_name}</a>
        <span class="mut" data-step>step {count(at.step)}</span>
      </figcaption>
      <a href={page(at.whole)}>
        <img src={address(at.shown)} alt={`${name} of ${run_name}, step ${at.step}`} loading="lazy" />
      </a>
    </figure>
  );
}
