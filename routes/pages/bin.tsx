import { listBin, nameInBin, restoreFromBin } from "../../db/bin.ts";
import { planPurge } from "../../db/purge_plan.ts";
import { cancelPurge, listPurges, purgeItems } from "../../db/purges.ts";
import { invalid } from "../../domain/errors.ts";
import { read, remove } from "../../domain/permissions.ts";
import { type BinIds, type BinKind, binKinds, isEmptyAsk } from "../../domain/purges.ts";
import { BinPage } from "../../views/bin.tsx";
import { type ConfirmProps, purgeWord } from "../../views/bin_confirm.tsx";
import { href, path } from "../../views/links.ts";
import { BinQuery, BinThingsForm, CancelPurgeForm, PurgeForm } from "../../wire/pages_bin.ts";
import { askPurge, purgeScope } from "../asked_purge.ts";
import { form, page, type PageRequest } from "../page.tsx";
import type { Services } from "../services.ts";

const pageSize = 100;
/** Purges that are shown, of those that have ended the newest. */
const mostPurges = 20;
const mostEnded = 3;
/** Of each purge that keeps something or waits. */
const mostItems = 10;

export const binPages = [
  page({
    path: "/bin",
    query: BinQuery,
    access: read.server,
    show: async (request, view) => {
      const { sql, binDays, now } = request;
      const [listed, purges, confirm] = await Promise.all([
        view.only ? { entries: [] } : listBin(sql, { max_results: pageSize, page_token: view.page_token, binDays }),
        shownPurges(request),
        view.confirm && confirmation(request, view),
      ]);
      return (
        <BinPage
          view={view}
          entries={listed.entries}
          next_page_token={"next_page_token" in listed ? listed.next_page_token : undefined}
          purges={purges}
          confirm={confirm}
          binDays={binDays}
          now={now()}
        />
      );
    },
  }),
  form({
    path: "/bin/restore",
    fields: BinThingsForm,
    access: remove.server,
    handle: async ({ sql, now }, { things }) => {
      await restoreFromBin(sql, idsOf(things), now());
      return href(path`/bin`, { done: "restored" });
    },
  }),
  form({
    path: "/bin/purge",
    fields: PurgeForm,
    access: remove.server,
    handle: async (services, { things, until, force, typed }) => {
      if (things.length === 0 && until === undefined) throw invalid("Nothing was chosen to be purged.");
      if (typed.trim() !== await wordFor(services, things)) {
        return href(path`/bin`, { confirm: things.length === 0 ? "all" : "things", things, wrong: true });
      }
      const scope = things.length === 0 && until !== undefined
        ? { until: Math.min(until, services.now()) }
        : await purgeScope(services, { ...idsOf(things), all: false });
      await askPurge(services, scope, force);
      return href(path`/bin`, { done: "asked" });
    },
  }),
  form({
    path: "/bin/purges/:purge_id/cancel",
    fields: CancelPurgeForm,
    access: remove.server,
    handle: async ({ sql }, { purge_id }) => {
      await cancelPurge(sql, purge_id);
      return href(path`/bin`);
    },
  }),
];

/** Purges under way, those that ended last, and what is to be said of single things in them. */
async function shownPurges({ sql }: PageRequest) {
  const { purges } = await listPurges(sql, { max_results: mostPurges });
  const ended = purges.filter(({ ended_time }) => ended_time !== undefined).slice(0, mostEnded);
  const shown = purges.filter((purge) => purge.ended_time === undefined || ended.includes(purge));
  return await Promise.all(shown.map(async (purge) => ({
    purge,
    items: await purgeItems(sql, purge.purge_id, mostItems),
  })));
}

async function confirmation(request: PageRequest, { confirm, things, wrong }: BinQuery): Promise<ConfirmProps> {
  const { sql, now } = request;
  const chosen = confirm === "all" ? [] : things;
  const scope = confirm === "all" ? { until: now() } : await purgeScope(request, { ...idsOf(chosen), all: false });
  if (wrong) request.refuse();
  return {
    plan: await planPurge(sql, scope, false),
    things: chosen,
    until: confirm === "all" ? scope.until : undefined,
    word: await wordFor(request, chosen),
    wrong,
  };
}

/** What has to be typed: the name of the one thing, or a word where there are more. */
async function wordFor({ sql }: Pick<Services, "sql">, things: readonly string[]): Promise<string> {
  const [only, ...others] = things;
  if (only === undefined || others.length > 0) return purgeWord;
  const { kind, id } = parseThing(only);
  return (await nameInBin(sql, kind, id)).trim() || purgeWord;
}

function parseThing(thing: string): { kind: BinKind; id: string } {
  const [, word, id = ""] = /^([a-z_]+):([^]+)$/.exec(thing) ?? [];
  const kind = binKinds.find((one) => one === word);
  if (kind !== undefined) return { kind, id };
  throw invalid(
    `Invalid value for parameter 'things' supplied: expected one of ${binKinds.join(", ")}, a colon and an id.`,
  );
}

function idsOf(things: readonly string[]): BinIds {
  const parsed = things.map(parseThing);
  const of = (kind: BinKind) => parsed.filter((thing) => thing.kind === kind).map(({ id }) => id);
  const ids = { experiment_ids: of("experiment"), run_ids: of("run"), logged_model_ids: of("logged_model") };
  if (isEmptyAsk(ids)) throw invalid("Nothing was chosen.");
  return ids;
}
