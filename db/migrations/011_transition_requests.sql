-- What somebody asks to be done to a version and another decides on: a move to a stage, or of an alias. What became of it stands in
-- weir.audit_log too, which outlives the version. Times are milliseconds since the epoch.

create table weir.transition_requests (
  request_id bigint generated always as identity primary key,
  model bigint not null,
  version integer not null,
  stage text check (stage in ('None', 'Staging', 'Production', 'Archived')),
  alias text,
  archive_existing_versions boolean not null default false,
  state text not null default 'PENDING' check (state in ('PENDING', 'APPROVED', 'REJECTED', 'CANCELLED')),
  who text not null,
  comment text,
  creation_timestamp bigint not null,
  decided_by text,
  decision_comment text,
  decision_timestamp bigint,
  check ((stage is null) <> (alias is null)),
  foreign key (model, version) references weir.model_versions on delete cascade
);
create index transition_requests_by_version on weir.transition_requests (model, version, request_id desc);
create index transition_requests_by_model on weir.transition_requests (model, request_id desc);
-- One that waits for the same is enough.
create unique index transition_requests_waiting on weir.transition_requests
  (model, version, coalesce(stage, ''), coalesce(alias, '')) where state = 'PENDING';
