import { wholeHistory } from "../../db/audit.ts";
import { listMetricDirections } from "../../db/metric_directions.ts";
import { serverFacts } from "../../db/server_facts.ts";
import { read } from "../../domain/permissions.ts";
import { href, path } from "../../views/links.ts";
import { SettingsPage } from "../../views/settings.tsx";
import { ReaderForm, SettingsQuery } from "../../wire/pages_settings.ts";
import { form, page } from "../page.tsx";
import { protocolVersion } from "../services.ts";

const logEntries = 20;

export const settingsPages = [
  page({
    path: "/settings",
    query: SettingsQuery,
    access: read.server,
    show: async ({ sql, reader, about, binDays, address, now }, view) => {
      const [facts, directions, log] = await Promise.all([
        serverFacts(sql),
        listMetricDirections(sql),
        wholeHistory(sql, { max_results: logEntries, page_token: view.page_token }),
      ]);
      return (
        <SettingsPage
          view={view}
          name={reader.name}
          theme={reader.theme}
          server={{ ...about, address, protocol: protocolVersion, binDays }}
          facts={facts}
          directions={directions}
          log={log}
          now={now()}
        />
      );
    },
  }),
  form({
    path: "/settings",
    fields: ReaderForm,
    access: read.server,
    handle: ({ reader }, { name, theme }) => {
      reader.remember("name", name);
      reader.remember("theme", theme);
      return Promise.resolve(href(path`/settings`, { done: "saved" }));
    },
  }),
];
