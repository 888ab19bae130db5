import type { ComparedSide } from "../domain/compared_files.ts";
import { bytes, count } from "../domain/format.ts";

export interface ImageSide extends ComparedSide {
  /** Of the run. */
  name: string;
  /** `c3`: the class of the run's colour. */
  color: string;
  src: string;
}

export interface ImagesProps {
  base: ImageSide | undefined;
  other: ImageSide | undefined;
  mode: "beside" | "slider" | "difference";
  path: string;
}

/** Two pictures: beside each other, one over the other behind a slider, or what differs in them. Without JavaScript beside each other. */
export function DiffImages({ base, other, mode, path }: ImagesProps) {
  if (!base || !other || mode === "beside") {
    return (
      <div class="imgs">
        {base && <Picture side={base} note="baseline" path={path} />}
        {other && <Picture side={other} path={path} />}
      </div>
    );
  }
  return (
    <div class="imgs" data-images={mode}>
      <Picture side={base} note="baseline" path={path} />
      <Picture side={other} path={path} />
      {mode === "slider" ? <Slider base={base} other={other} path={path} /> : (
        <figure class="needsjs wide">
          <figcaption>
            Difference <span class="mut" data-said>each pixel by how far apart the two are</span>
          </figcaption>
          <canvas role="img" aria-label={`What differs in the two pictures ${path}`}></canvas>
        </figure>
      )}
    </div>
  );
}

function Slider({ base, other, path }: { base: ImageSide; other: ImageSide; path: string }) {
  return (
    <figure class="needsjs wide">
      <figcaption>
        <bdi>{base.name}</bdi> to the left of the line, <bdi>{other.name}</bdi> to the right
      </figcaption>
      <div class="over" style="--at:50%">
        <img src={base.src} alt={`${path} of ${base.name}`} />
        <img src={other.src} alt={`${path} of ${other.name}`} class="top" />
        <input
          type="range"
          min="0"
          max="100"
          value="50"
          step="1"
          aria-label="Where the one picture ends and the other begins"
        />
      </div>
    </figure>
  );
}

function Picture({ side, note, path }: { side: ImageSide; note?: string; path: string }) {
  return (
    <figure class="side">
      <figcaption title={side.name}>
        <span class={`dot ${side.color}`}></span>
        <bdi>{side.name}</bdi>
        {note !== undefined && <span class="mut">{note}</span>}
        <span class="mut">{sizeOf(side)}</span>
      </figcaption>
      <img src={side.src} alt={`${path} of ${side.name}`} loading="lazy" />
    </figure>
  );
}

/** "640 × 480, 24 kB". */
function sizeOf({ pixels, size }: ComparedSide): string {
  return `${pixels ? `${count(pixels.width)} × ${count(pixels.height)}, ` : ""}${bytes(size)}`;
}
