import { transactionNow } from "../../db/live.ts";
import { searchRegisteredModels } from "../../db/registered_model_search.ts";
import { createRegisteredModel } from "../../db/registered_models.ts";
import { waitingRequests } from "../../db/transition_requests.ts";
import { ApiError } from "../../domain/errors.ts";
import { describe } from "../../domain/filter/describe.ts";
import { FilterError } from "../../domain/filter/error.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { printFilter, printValue } from "../../domain/filter/print.ts";
import { promptTag } from "../../domain/filter/prompts.ts";
import { registeredModelDialect } from "../../domain/filter/registered_models.ts";
import { create, read } from "../../domain/permissions.ts";
import { modelHref } from "../../views/model_parts.tsx";
import { ModelsPage } from "../../views/models.tsx";
import { CreateModelForm, ModelsQuery } from "../../wire/pages_models.ts";
import { form, page, type PageRequest } from "../page.tsx";
import type { Services } from "../services.ts";
import { changeOf } from "./registry_forms.ts";

const pageSize = 100;

export const modelsPages = [
  page({
    path: "/models",
    query: ModelsQuery,
    access: read.registered_model,
    show: async (request, view) => {
      const since = await transactionNow(request.sql); // before the models: what comes meanwhile is told
      const found = await find(request, view);
      const { models } = found;
      const [waiting, any] = await Promise.all([
        waitingRequests(request.sql, models.map(({ name }) => name)),
        models.length > 0 || await isAny(request.sql, view),
      ]);
      return (
        <ModelsPage
          view={view}
          {...found}
          waiting={waiting}
          any={any}
          since={since}
          who={request.reader.name}
          server={request.address}
          now={request.now()}
        />
      );
    },
  }),
  form({
    path: "/models",
    fields: CreateModelForm,
    access: create.registered_model,
    handle: async (request, { name, description, owner, ...by }) => {
      const tags = owner === "" ? [] : [{ key: "owner", value: owner }];
      const model = { name, description, deployment_job_id: "", tags };
      await createRegisteredModel(request.sql, model, changeOf(request, by));
      return modelHref(name);
    },
  }),
];

/** Words without an operator are what a name holds. */
const isFilter = (text: string): boolean => /[=<>!'"`(]|\s(like|ilike|in|between|is)\s/i.test(text);

const filterOf = (text: string): string =>
  text === "" || isFilter(text) ? text : `name ILIKE ${printValue(`%${text.replaceAll(/[\\%_]/g, "_")}%`)}`;

/** A filter that is meant for prompts alone, or for models alone. */
function ofKind(filter: string, kind: ModelsQuery["kind"]): string {
  if (kind === "models") return filter;
  const prompts = `tags.\`${promptTag}\` = 'true'`;
  const parsed = printFilter(parseFilter(filter, registeredModelDialect));
  return parsed === "" ? prompts : `${prompts} AND (${parsed})`;
}

/** A page of models; or what is wrong with the filter, and no models. */
async function find({ sql, refuse }: PageRequest, view: ModelsQuery) {
  const filter = filterOf(view.filter);
  try {
    const chips = isFilter(view.filter) ? describe(parseFilter(filter, registeredModelDialect)) : [];
    const { registered_models, next_page_token } = await searchRegisteredModels(sql, {
      filter: ofKind(filter, view.kind),
      max_results: pageSize,
      order_by: [view.order_by === "name" ? "name ASC" : "last_updated_timestamp DESC"],
      page_token: view.page_token,
    });
    return { models: registered_models, next_page_token, chips, error: undefined };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "INVALID_PARAMETER_VALUE") throw error;
    refuse();
    const fault = {
      message: error.message,
      ...(error instanceof FilterError && filter === view.filter && { offset: error.offset }),
    };
    return { models: [], next_page_token: undefined, chips: [], error: fault };
  }
}

async function isAny(sql: Services["sql"], { kind }: ModelsQuery): Promise<boolean> {
  const { registered_models } = await searchRegisteredModels(sql, { filter: ofKind("", kind), max_results: 1 });
  return registered_models.length > 0;
}
