-- Deleting is real: what is deleted lies in the bin, and a purge removes it from there for good, rows and files.

-- When it was deleted, in milliseconds since the epoch, and the purge that is at it: from then on it cannot be restored.
alter table weir.experiments add column deleted_time bigint, add column purge_id text;
alter table weir.runs add column deleted_time bigint, add column purge_id text;
alter table weir.logged_models add column deleted_time bigint, add column purge_id text;

-- Nobody knows when these were deleted: no retention may be over for them yet.
update weir.experiments set deleted_time = extract(epoch from now()) * 1000 where lifecycle_stage = 'deleted';
update weir.runs set deleted_time = extract(epoch from now()) * 1000 where lifecycle_stage = 'deleted';
update weir.logged_models set deleted_time = extract(epoch from now()) * 1000 where lifecycle_stage = 'deleted';

create index experiments_in_bin on weir.experiments (deleted_time desc, experiment_id) where lifecycle_stage = 'deleted';
create index runs_in_bin on weir.runs (deleted_time desc, run_id collate "C") where lifecycle_stage = 'deleted';
create index logged_models_in_bin on weir.logged_models (deleted_time desc, model_id collate "C") where lifecycle_stage = 'deleted';
create index experiments_being_purged on weir.experiments (purge_id) where purge_id is not null;
create index runs_being_purged on weir.runs (purge_id) where purge_id is not null;
create index logged_models_being_purged on weir.logged_models (purge_id) where purge_id is not null;

-- For what a purge looks up by the other end.
create index logged_model_metrics_by_run on weir.logged_model_metrics (run_id);
create index model_inputs_by_model on weir.model_inputs (model_id);
-- Not of the whole text: an entry of an index has 2,704 bytes at most.
create index model_versions_by_source on weir.model_versions (left(source, 256) collate "C");
create index model_versions_by_storage on weir.model_versions (left(storage_location, 256) collate "C")
  where storage_location is not null;

create table weir.purges (
  purge_id       text primary key,
  number         bigint generated always as identity unique, -- in the order of asking
  asked          jsonb, -- {experiment_ids, run_ids, logged_model_ids}; null is all that is in the bin
  until          bigint not null, -- what was deleted later is left
  force          boolean not null default false, -- what versions of registered models point to, too
  automatic      boolean not null default false, -- asked for by the retention of the bin
  state          text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  cancelling     boolean not null default false,
  total          bigint, -- of experiments, runs and logged models; null before the first look
  done           bigint not null default 0,
  files          bigint not null default 0, -- that were removed, as far as they were noted, and their bytes
  bytes          bigint not null default 0,
  error          text, -- what went wrong last
  attempts       integer not null default 0, -- that went wrong, one after the other
  claims         integer not null default 0, -- who works at it names the number of its claim
  next_attempt   bigint not null, -- the end of the lease while somebody works at it
  leased         boolean not null default false,
  created_time   bigint not null,
  started_time   bigint,
  ended_time     bigint
);
create index purges_open on weir.purges (next_attempt) where state in ('queued', 'running');
create index purges_ended on weir.purges (ended_time) where ended_time is not null; -- old ones are removed
-- Of several servers that find a retention over one at a time asks for a purge.
create unique index purges_automatic on weir.purges (automatic) where automatic and state in ('queued', 'running');

-- What a purge has to say of single things: why one is kept, what went wrong with one, what became of its files. What went well
-- is only counted.
create table weir.purge_items (
  purge_id      text not null references weir.purges on delete cascade,
  kind          text not null check (kind in ('experiment', 'run', 'logged_model')),
  id            text not null,
  experiment_id bigint not null,
  name          text not null,
  state         text not null check (state in ('waiting', 'kept', 'done')),
  reason        text not null,
  attempts      integer not null default 0, -- that went wrong
  next_attempt  bigint, -- while it waits
  primary key (purge_id, kind, id)
);
