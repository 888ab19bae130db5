-- Registered models and their versions, the audit trail of both, and webhooks.
-- A prompt is a registered model with the tag mlflow.prompt.is_prompt. Times are milliseconds since the epoch.

create table weir.registered_models (
  model bigint generated always as identity primary key, -- the name by which the other tables know a model
  name text collate "C" not null unique, -- as it is sorted and paged by
  description text,
  user_id text not null default '',
  deployment_job_id text,
  creation_timestamp bigint not null,
  last_updated_timestamp bigint not null,
  last_version integer not null default 0, -- numbers are given out once, those of deleted versions too
  tags jsonb not null default '{}'
);
create index registered_models_by_update on weir.registered_models (last_updated_timestamp desc, name);
create index registered_models_by_tag on weir.registered_models using gin (tags jsonb_path_ops);

create table weir.model_versions (
  model bigint not null references weir.registered_models on delete cascade,
  version integer not null,
  user_id text not null default '',
  current_stage text not null default 'None' check (current_stage in ('None', 'Staging', 'Production', 'Archived')),
  description text,
  source text not null,
  storage_location text, -- where the files are, when that is not the source
  run_id text not null default '',
  run_link text not null default '',
  model_id text,
  status text not null default 'READY' check (status in ('PENDING_REGISTRATION', 'FAILED_REGISTRATION', 'READY')),
  status_message text,
  creation_timestamp bigint not null,
  last_updated_timestamp bigint not null,
  tags jsonb not null default '{}',
  primary key (model, version)
);
create index model_versions_by_update on weir.model_versions (last_updated_timestamp desc, model, version desc);
create index model_versions_by_stage on weir.model_versions (model, current_stage, version desc);
create index model_versions_by_run on weir.model_versions (run_id) where run_id <> '';
create index model_versions_by_model_id on weir.model_versions (model_id) where model_id is not null;
create index model_versions_by_tag on weir.model_versions using gin (tags jsonb_path_ops);

create table weir.model_aliases (
  model bigint not null,
  alias text not null,
  version integer not null,
  primary key (model, alias),
  foreign key (model, version) references weir.model_versions on delete cascade
);
create index model_aliases_by_version on weir.model_aliases (model, version);

-- Every change of the registry: who did what to which thing, and when. Nothing removes a row, nor a reference to a model:
-- the trail outlives what it is about.
create table weir.audit_log (
  entry bigint generated always as identity primary key,
  time bigint not null,
  who text not null,
  entity text not null,
  action text not null,
  name text not null, -- of the model at that time
  version integer,
  detail jsonb not null default '{}'
);
create index audit_log_by_name on weir.audit_log (name, version, entry desc);

create table weir.webhooks (
  webhook_id text primary key,
  name text not null,
  description text,
  url text not null,
  events jsonb not null, -- [{entity, action}]
  secret bytea, -- encrypted
  status text not null default 'ACTIVE' check (status in ('ACTIVE', 'DISABLED')),
  creation_timestamp bigint not null,
  last_updated_timestamp bigint not null
);
create index webhooks_by_age on weir.webhooks (creation_timestamp desc, webhook_id collate "C");

-- Written in the transaction of the change that it tells of, so that none is lost; sent afterwards (runners/). What the
-- receiver answers is not kept: it might be a secret of a host that only this server can reach.
create table weir.webhook_deliveries (
  delivery_id text primary key,
  webhook_id text not null references weir.webhooks on delete cascade,
  entity text not null,
  action text not null,
  body text not null, -- the exact bytes that are signed
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  created bigint not null,
  next_attempt bigint not null,
  ended bigint,
  response_status integer,
  error text
);
create index webhook_deliveries_waiting on weir.webhook_deliveries (next_attempt) where state = 'waiting';
create index webhook_deliveries_by_webhook on weir.webhook_deliveries (webhook_id, created desc, delivery_id collate "C");
create index webhook_deliveries_ended on weir.webhook_deliveries (ended) where ended is not null; -- old ones are removed
