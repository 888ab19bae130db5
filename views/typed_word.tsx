/** A word to be typed before something goes for good. `wrong` is what is said where another one was. */
export function TypedWord({ word, wrong }: { word: string; wrong: string | undefined }) {
  return (
    <label>
      <span>
        Type <b dir="auto">{word}</b> to confirm
      </span>
      <input
        type="text"
        name="typed"
        required
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        aria-invalid={wrong === undefined ? undefined : "true"}
      />
      {wrong !== undefined && <span class="bad" role="alert">{wrong}</span>}
    </label>
  );
}
