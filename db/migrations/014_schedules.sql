-- Runs of a project that are asked for again and again. Times are milliseconds since the epoch by the clock of the database.

create table weir.schedules (
  schedule      bigint generated always as identity primary key, -- in the order in which they were made
  schedule_id   text not null unique,
  name          text not null,
  asked         jsonb not null, -- AskedJob of domain/jobs.ts
  experiment_id bigint not null, -- no reference: it may be removed for good, and the schedule then says so
  cron          text not null,
  time_zone     text not null,
  overlap       text not null check (overlap in ('skip', 'queue')),
  paused        boolean not null,
  next_time     bigint, -- null while it is paused
  last_time     bigint, -- when it asked last, whatever came of it
  skipped_time  bigint, -- when it passed a time over last
  last_error    text, -- why nothing came of asking, the last time
  created_time  bigint not null,
  updated_time  bigint not null
);
create index schedules_by_time on weir.schedules (next_time) where next_time is not null;

alter table weir.jobs add column schedule bigint references weir.schedules on delete set null;
create index jobs_by_schedule on weir.jobs (schedule, number desc) where schedule is not null;
create index jobs_busy_by_schedule on weir.jobs (schedule) where schedule is not null and state in ('queued', 'running');
