import { type Look, type PreviewedFile, zooms } from "../../domain/look.ts";
import { type FileLinks, filesHref, shownHref } from "../file_links.ts";
import { swaps } from "../view_form.tsx";

export interface MediaProps {
  file: PreviewedFile;
  look: Extract<Look, { kind: "media" }>;
  links: FileLinks;
}

/** What the browser shows by itself: nothing of it runs on this page, or can reach it. */
export function Media({ file: { path, kind }, look, links }: MediaProps) {
  const source = links.file(path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  switch (kind) {
    case "audio":
      return <audio controls preload="metadata" src={source} aria-label={name}></audio>;
    case "video":
      return <video controls preload="metadata" src={source} aria-label={name}></video>;
    case "pdf":
      return (
        <>
          <iframe class="frame" src={shownHref(links, path)} title={name} loading="lazy" referrerpolicy="no-referrer">
          </iframe>
          <p class="mut">
            <a href={shownHref(links, path)} target="_blank" rel="noreferrer">Open in a tab of its own</a>
          </p>
        </>
      );
    case "html":
      return <HtmlFrame source={shownHref(links, path)} name={name} />;
    default:
      return <Picture look={look} source={source} name={name} links={links} />;
  }
}

/** A page of a stranger's, in a world of its own: its scripts run, and can reach nothing but what is in the frame. */
function HtmlFrame({ source, name }: { source: string; name: string }) {
  return (
    <>
      <iframe
        class="frame"
        sandbox="allow-scripts"
        src={source}
        title={name}
        loading="lazy"
        referrerpolicy="no-referrer"
      >
      </iframe>
      <p class="mut">
        In a sandbox: scripts run, but nothing is loaded from elsewhere and no link leads out.{" "}
        <a href={source} target="_blank" rel="noreferrer">Open in a tab of its own</a>
      </p>
    </>
  );
}

/** Browsers decode a picture whole: four bytes for each pixel. */
const mostPixels = 100_000_000;

const zoomNames = { "": "Fit", "1": "100 %", "2": "200 %", "4": "400 %", "8": "800 %" } as const;

function Picture({ look: { pixels }, source, name, links }: {
  look: MediaProps["look"];
  source: string;
  name: string;
  links: FileLinks;
}) {
  const { zoom } = links.view;
  if (pixels && pixels.width * pixels.height > mostPixels) {
    return (
      <p class="mut">
        So large a picture is not shown: it would fill the browser’s memory. <a href={source} download>Download</a>
      </p>
    );
  }
  const times = Number(zoom);
  return (
    <>
      <div class="ways">
        {pixels && (
          <nav class="seg" aria-label="Size">
            {zooms.map((each) => (
              <a
                class="btn"
                href={filesHref(links, { zoom: each })}
                aria-current={each === zoom ? "true" : undefined}
                hx-boost={swaps(links.part)}
              >
                {zoomNames[each]}
              </a>
            ))}
          </nav>
        )}
        <label class="asis">
          <input type="checkbox" /> As it is, not dimmed
        </label>
      </div>
      <div class={zoom === "" ? "pic" : "pic large"} tabindex={zoom === "" ? undefined : 0}>
        <span>
          <img
            src={source}
            alt={name}
            loading="lazy"
            {...(pixels && zoom !== "" && {
              width: pixels.width * times,
              height: pixels.height * times,
              style: `width:${pixels.width * times}px;height:${pixels.height * times}px`,
            })}
          />
        </span>
      </div>
    </>
  );
}
