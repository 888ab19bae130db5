-- What a flush logs to a run is one row, however many metrics it has; and the latest values of a run that is logging change in place.

-- Points wait here for compaction (db/compaction.ts), which moves them into chunks. `bodies` has the series of each of `keys`.
create table weir.metric_batches (
  run bigint not null,
  batch bigint generated always as identity,
  keys integer[] not null,
  bodies bytea[] not null,
  primary key (run, batch)
);
alter table weir.metric_batches alter column keys set storage external;
alter table weir.metric_batches alter column bodies set storage external;

insert into weir.metric_batches (run, keys, bodies)
select run, array[key], array[body] from weir.metric_chunks where summary is null order by seq;
delete from weir.metric_chunks where summary is null;
drop index weir.metric_chunks_loose;
alter table weir.metric_chunks alter column summary set not null;

-- All parts of a series, in no order. Only chunks tell their bounds and have a summary.
create view weir.metric_parts as
select run, key, count, first_step, last_step, first_time, last_time, body, summary from weir.metric_chunks
union all
select b.run, part.key, null, null, null, null, null, part.body, null
from weir.metric_batches b cross join lateral unnest(b.keys, b.bodies) as part (key, body);

create or replace view weir.metric_points as
select r.run_id, r.experiment_id, k.name as key, p.step, p."timestamp", p.value
from weir.metric_parts c
join weir.runs r using (run)
join weir.metric_keys k using (key)
cross join lateral weir.points_of(c.body) p;

-- The value as the index of values knows it, or null: from a change of the value until it is ranked again (db/ranking.ts).
-- A column that is in an index cannot change in place: https://www.postgresql.org/docs/current/storage-hot.html
alter table weir.latest_metrics add column ranked double precision;
drop index weir.latest_metrics_by_value;
create index latest_metrics_ranked on weir.latest_metrics (experiment_id, key, ranked desc, run) where ranked is not null;
create index latest_metrics_unranked on weir.latest_metrics (experiment_id, key, run) where ranked is null;
