import type { ViewType } from "./entities.ts";

/** Which experiments or runs a list shows, as the address of a page says it. */
export const listViews = ["active", "deleted", "all"] as const;
export type ListView = (typeof listViews)[number];

const viewTypes = { active: "ACTIVE_ONLY", deleted: "DELETED_ONLY", all: "ALL" } as const;

export const viewTypeOf = (view: ListView): ViewType => viewTypes[view];

/** How many rows a page of a list may have, and how many it has when nobody says. */
export const pageSizes = [25, 50, 100, 500] as const;
export const usualPageSize = 50;
