import { bytes, counted } from "../../domain/format.ts";
import type { Look, PreviewedFile } from "../../domain/look.ts";
import { shownBytes } from "../../domain/preview_binary.ts";
import type { ZipList } from "../../domain/zip_list.ts";

export interface BytesProps {
  file: PreviewedFile;
  look: Extract<Look, { kind: "bytes" }>;
  download: string;
}

/** A file that is no text: what it seems to be, and its first bytes. */
export function BytesLook({ file: { size }, look: { lines, type, zip, header }, download }: BytesProps) {
  return (
    <>
      <p class="mut">
        {type === undefined ? "This is not text." : `${type}.`}{" "}
        <a href={download} download>Download{size === undefined ? "" : ` ${bytes(size)}`}</a>
      </p>
      {header !== undefined && (
        <pre class="file wrap" tabindex={0} aria-label="What it says of its arrays">{header}</pre>
      )}
      {zip && <Zipped zip={zip} />}
      <pre class="file hex" tabindex={0} aria-label="The first bytes">
        {lines.map(({ at, hex, text }) => (
          <>
            <span class="mut">{at}</span>{`  ${hex}  `}<span class="hs">{text}</span>{"\n"}
          </>
        ))}
      </pre>
      {size !== undefined && size > shownBytes && <p class="mut">The first {shownBytes} bytes of {bytes(size)}.</p>}
    </>
  );
}

/** What is in an archive. */
function Zipped({ zip: { files, total } }: { zip: ZipList }) {
  return (
    <div class="tw data" tabindex={0} role="group" aria-label="In the archive">
      <table>
        <caption class="sr">In the archive</caption>
        <thead>
          <tr>
            <th scope="col">{counted(total, "file")}{files.length < total && `, the first ${files.length}`}</th>
            <th scope="col" class="r">Size</th>
            <th scope="col" class="r">Packed</th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ name, size, packed }) => (
            <tr>
              <th scope="row" title={name}>
                <bdi>{name}</bdi>
              </th>
              <td class="r">{bytes(size)}</td>
              <td class="r">{bytes(packed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
