import { findByName } from "../../db/jump.ts";
import { read } from "../../domain/permissions.ts";
import { JumpPage } from "../../views/jump.tsx";
import { JumpQuery } from "../../wire/pages_jump.ts";
import { page } from "../page.tsx";

export const jumpPages = [
  page({
    path: "/jump",
    query: JumpQuery,
    access: read.run,
    show: async ({ sql }, { q }) => (
      <JumpPage
        words={q}
        found={q === "" ? { experiments: [], runs: [], models: [] } : await findByName(sql, q)}
      />
    ),
  }),
];
