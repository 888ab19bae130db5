-- Of MLflow's tables of traces: what a trace is, its spans as they came over OTLP, the runs it is linked to, and what was said
-- of it. Tags and metadata stand on the trace's row, as those of runs do.
create table weir.traces (
  trace_id           text primary key,
  experiment_id      bigint not null references weir.experiments on delete cascade,
  -- Milliseconds since the epoch, and milliseconds; no duration while the trace runs.
  request_time       bigint not null,
  execution_duration bigint,
  state              text not null,
  client_request_id  text,
  request_preview    text,
  response_preview   text,
  tags               jsonb not null default '{}',
  metadata           jsonb not null default '{}',
  -- Whether the client told the trace's info itself; until then it is what the spans say.
  finalized          boolean not null default false
);
create index traces_newest on weir.traces (experiment_id, request_time desc, trace_id);
create index traces_tags on weir.traces using gin (tags jsonb_path_ops);
create index traces_metadata on weir.traces using gin (metadata jsonb_path_ops);

create table weir.spans (
  trace_id  text not null references weir.traces on delete cascade,
  span_id   text not null,
  parent_id text,
  name      text not null,
  type      text,
  status    text not null,
  -- Nanoseconds since the epoch.
  start_ns  numeric(20) not null,
  end_ns    numeric(20),
  -- The span as OTLP JSON, with hex ids.
  content   jsonb not null,
  primary key (trace_id, span_id)
);

create table weir.trace_runs (
  trace_id text not null references weir.traces on delete cascade,
  run_id   text not null,
  primary key (trace_id, run_id)
);
create index trace_runs_run on weir.trace_runs (run_id);

create table weir.assessments (
  assessment_id    text primary key,
  trace_id         text not null references weir.traces on delete cascade,
  span_id          text,
  name             text not null,
  source_type      text not null,
  source_id        text not null,
  kind             text not null check (kind in ('feedback', 'expectation', 'issue')),
  value            jsonb,
  rationale        text,
  error            jsonb,
  metadata         jsonb,
  -- The assessment that this one stands in for, which is then no longer valid.
  overrides        text,
  valid            boolean not null default true,
  create_time      bigint not null,
  last_update_time bigint not null
);
create index assessments_trace on weir.assessments (trace_id, create_time);
