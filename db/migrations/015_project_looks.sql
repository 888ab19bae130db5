-- What projects say of themselves: a worker fetches one, reads its MLproject file and answers, so that a page can ask for its parameters.
-- Times are milliseconds since the epoch by the clock of the database.

create table weir.project_looks (
  look_id      text primary key,
  uri          text not null,
  version      text not null default '', -- of Git; empty: the newest
  created_time bigint not null,
  owner        text, -- the worker that is at it
  leased_until bigint, -- while one is
  attempts     integer not null default 0,
  found        jsonb, -- ProjectLook of domain/projects/look.ts
  reason       text -- why nothing was found
);
create index project_looks_by_uri on weir.project_looks (md5(uri), created_time desc);
create index project_looks_waiting on weir.project_looks (created_time) where found is null and reason is null;
