/** The command that runs a script, by the ending of its name; undefined for others. `{` and `}` are doubled, as in every command. */
export function scriptCommand(file: string): string | undefined {
  const [, extension] = /\.(py|sh|R)$/.exec(file) ?? [];
  const word = quoted(file).replaceAll("{", "{{").replaceAll("}", "}}");
  if (extension === "py") return `python ${word}`;
  if (extension === "sh") return `"\${SHELL:-bash}" ${word}`;
  if (extension !== "R") return undefined;
  const name = file.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return `Rscript -e ${quoted(`mlflow::mlflow_source('${name}')`).replaceAll("{", "{{").replaceAll("}", "}}")} --args`;
}

/** One word of a command, or of a POSIX shell, whatever it holds. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;
