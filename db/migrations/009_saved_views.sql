-- Names for addresses of pages; and what was done to many runs at once, as long as it can be undone.
-- Times are milliseconds since the epoch.

create table weir.saved_views (
  view_id          text primary key,
  experiment_id    bigint references weir.experiments on delete cascade, -- null: a comparison, whose runs may be of any
  page             text not null, -- of domain/saved_views.ts
  query            text not null, -- of the address, without "?"
  name             text not null,
  owner            text not null default '', -- as they call themselves
  reader           text, -- whose browser's it is; null is everybody's
  is_default       boolean not null default false, -- the bare address of the experiment leads to it
  created_time     bigint not null,
  last_update_time bigint not null,
  deleted_time     bigint -- can be had back for some days
);
create index saved_views_of_experiment on weir.saved_views (experiment_id, name);
create unique index saved_views_default on weir.saved_views (experiment_id, coalesce(reader, ''))
  where is_default and deleted_time is null;

-- The runs stand in `detail`, with what undoing needs to know of them.
create table weir.run_changes (
  change_id     text primary key,
  experiment_id bigint not null references weir.experiments on delete cascade, -- on whose page it was done
  act           text not null, -- of domain/run_changes.ts
  runs          integer not null, -- how many
  detail        jsonb not null,
  created_time  bigint not null,
  undone_time   bigint
);
create index run_changes_by_age on weir.run_changes (created_time);
