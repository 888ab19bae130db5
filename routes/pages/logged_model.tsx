import { getExperiment } from "../../db/experiments.ts";
import { getLoggedModel } from "../../db/logged_models.ts";
import { relatedRuns } from "../../db/run_lists.ts";
import { read } from "../../domain/permissions.ts";
import { LoggedModelPage } from "../../views/logged_model.tsx";
import { LoggedModelQuery } from "../../wire/pages_files.ts";
import { page } from "../page.tsx";
import { runFiles } from "../run_files.ts";

export const loggedModelPages = [
  page({
    path: "/logged-models/:model_id",
    query: LoggedModelQuery,
    access: read.logged_model,
    show: async (request, view) => {
      const { sql, address } = request;
      const model = await getLoggedModel(sql, view.model_id);
      const { source_run_id } = model.info;
      const [experiment, runs, files] = await Promise.all([
        getExperiment(sql, model.info.experiment_id),
        source_run_id === undefined ? [] : relatedRuns(sql, [source_run_id]),
        runFiles(request, model.info.artifact_uri, view),
      ]);
      return (
        <LoggedModelPage
          view={view}
          model={model}
          experiment={experiment}
          run={runs[0]}
          files={files}
          server={address}
        />
      );
    },
  }),
];
