-- Runs of one project with values that are searched for. A sweep is its parent run's: it goes with it. Times are milliseconds since
-- the epoch by the clock of the database.

create table weir.sweeps (
  sweep        bigint generated always as identity primary key, -- in the order of asking
  sweep_id     text not null unique,
  run          bigint not null references weir.runs on delete cascade, -- the parent of the trials
  asked        jsonb not null, -- AskedJob of domain/jobs.ts
  search       jsonb not null, -- Search of domain/sweeps/sweep.ts
  state        text not null default 'running' check (state in ('running', 'finished', 'failed', 'killed')),
  reason       text, -- why it ended so
  begun        integer not null default 0, -- trials that were asked for
  best         integer, -- the number of the trial with the best value so far
  created_time bigint not null,
  ended_time   bigint
);
create index sweeps_running on weir.sweeps (sweep) where state = 'running';
create index sweeps_by_run on weir.sweeps (run);

alter table weir.jobs
  add column sweep bigint references weir.sweeps on delete set null,
  add column trial integer; -- its number in the sweep, from 1
create unique index jobs_by_sweep on weir.jobs (sweep, trial) where sweep is not null;
