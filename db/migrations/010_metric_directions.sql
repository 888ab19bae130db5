-- Which values of a metric are better, where somebody said so; of others it is guessed from their name.
create table weir.metric_directions (
  name      text primary key, -- of the metric
  direction text not null check (direction in ('lower', 'higher', 'unknown')), -- unknown: neither is better
  set_by    text not null default '', -- as they call themselves
  set_time  bigint not null -- milliseconds since the epoch
);
