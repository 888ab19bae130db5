import bars from "../static/css/bars.css" with { type: "text" };
import bin from "../static/css/bin.css" with { type: "text" };
import charts from "../static/css/charts.css" with { type: "text" };
import chartsPage from "../static/css/charts_page.css" with { type: "text" };
import compare from "../static/css/compare.css" with { type: "text" };
import compareFiles from "../static/css/compare_files.css" with { type: "text" };
import compareMany from "../static/css/compare_many.css" with { type: "text" };
import complete from "../static/css/complete.css" with { type: "text" };
import controls from "../static/css/controls.css" with { type: "text" };
import evaluation from "../static/css/evaluation.css" with { type: "text" };
import experiments from "../static/css/experiments.css" with { type: "text" };
import files from "../static/css/files.css" with { type: "text" };
import frame from "../static/css/frame.css" with { type: "text" };
import groups from "../static/css/groups.css" with { type: "text" };
import jump from "../static/css/jump.css" with { type: "text" };
import log from "../static/css/log.css" with { type: "text" };
import markdown from "../static/css/markdown.css" with { type: "text" };
import marks from "../static/css/marks.css" with { type: "text" };
import modelCard from "../static/css/model_card.css" with { type: "text" };
import models from "../static/css/models.css" with { type: "text" };
import narrow from "../static/css/narrow.css" with { type: "text" };
import panels from "../static/css/panels.css" with { type: "text" };
import plots from "../static/css/plots.css" with { type: "text" };
import preview from "../static/css/preview.css" with { type: "text" };
import projects from "../static/css/projects.css" with { type: "text" };
import reference from "../static/css/reference.css" with { type: "text" };
import run from "../static/css/run.css" with { type: "text" };
import runActions from "../static/css/run_actions.css" with { type: "text" };
import runs from "../static/css/runs.css" with { type: "text" };
import savedViews from "../static/css/saved_views.css" with { type: "text" };
import settings from "../static/css/settings.css" with { type: "text" };
import states from "../static/css/states.css" with { type: "text" };
import tables from "../static/css/tables.css" with { type: "text" };
import tokens from "../static/css/tokens.css" with { type: "text" };
import uploads from "../static/css/uploads.css" with { type: "text" };
import versions from "../static/css/versions.css" with { type: "text" };

/** The style sheet of all pages. The order counts: what is narrow overrides what comes before it. */
export const stylesheet = [
  tokens,
  marks,
  controls,
  frame,
  bars,
  tables,
  panels,
  markdown,
  jump,
  compare,
  files,
  states,
  runs,
  groups,
  complete,
  experiments,
  bin,
  projects,
  models,
  versions,
  narrow,
  charts,
  chartsPage,
  compareMany,
  compareFiles,
  evaluation,
  plots,
  run,
  log,
  reference,
  uploads,
  preview,
  modelCard,
  settings,
  savedViews,
  runActions,
].join("\n");
