-- What workers execute. A job is its run's: it is made with it, goes with it, and says of it what the run's own status has no words
-- for. Times are milliseconds since the epoch by the clock of the database.

create table weir.workers (
  worker_id      text primary key,
  number         bigint generated always as identity unique, -- in the order in which they came
  name           text not null,
  labels         text[] not null default '{}', -- what it has to offer, such as gpu
  slots          integer not null, -- how many jobs at once
  host           text not null,
  pid            bigint not null,
  version        text not null,
  started_time   bigint not null,
  last_heartbeat bigint not null,
  left_time      bigint -- when it said goodbye
);
create index workers_by_heartbeat on weir.workers (last_heartbeat);

create table weir.jobs (
  job_id       text primary key,
  number       bigint generated always as identity unique, -- in the order of asking
  kind         text not null check (kind in ('project')),
  spec         jsonb not null, -- domain/jobs.ts
  run          bigint not null references weir.runs on delete cascade,
  labels       text[] not null default '{}', -- only a worker that has all of them takes it
  submitted_by text not null default '',
  priority     integer not null default 0, -- greater goes first
  state        text not null default 'queued' check (state in ('queued', 'running', 'finished', 'failed', 'killed')),
  owner        text, -- the worker that claimed it last
  fence        integer not null default 0, -- grows with every claim: who writes names the number of its own
  leased_until bigint, -- while it runs
  begun        boolean not null default false, -- whether the owner has said that it is at it
  attempts     integer not null default 0, -- that were begun
  max_attempts integer not null default 1,
  next_attempt bigint not null, -- not before, while it is queued
  timeout_ms   bigint,
  cancelling   boolean not null default false,
  reason       text, -- why it ended so, or what went wrong last
  exit_code    integer,
  reference    jsonb, -- what finds its execution on another system
  token        bytea, -- SHA-256 of what its programs show the server while it runs
  created_time bigint not null,
  started_time bigint,
  ended_time   bigint
) with (fillfactor = 70);

-- Of each submitter the next one: claiming walks from submitter to submitter.
create index jobs_queued on weir.jobs (submitted_by, priority desc, number) where state = 'queued';
create index jobs_running on weir.jobs (submitted_by) where state = 'running';
create index jobs_leased on weir.jobs (leased_until) where state = 'running';
create index jobs_owned on weir.jobs (owner) where state = 'running';
create index jobs_by_state on weir.jobs (state, number desc);
create index jobs_by_run on weir.jobs (run);
create unique index jobs_by_token on weir.jobs (token) where token is not null;

-- How many jobs with a label run at once at most.
create table weir.label_limits (
  label text primary key,
  most  integer not null check (most >= 0)
);
