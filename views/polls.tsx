export interface PollsProps {
  address: string;
  /** The selector of what is looked at again, which this stands in. */
  part: string;
  seconds?: number;
}

/** Has a part of a page looked at again and again. htmx keeps to the pace that it began with: another pace is another element. */
export const Polls = ({ address, part, seconds = 2 }: PollsProps) => (
  <span
    hidden
    id={`every-${seconds}-s`}
    {...{
      "hx-get": address,
      "hx-trigger": `every ${seconds}s`,
      "hx-target": part,
      "hx-select": part,
      "hx-swap": "outerMorph",
    }}
  >
  </span>
);
