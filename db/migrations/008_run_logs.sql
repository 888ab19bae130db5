-- What runs print, append-only. Both streams of a run stand in one sequence of bytes, in the order in which they came.
create table weir.run_logs (
  run          bigint primary key references weir.runs on delete cascade,
  size         bigint not null, -- bytes of both streams
  lines        bigint not null, -- line ends in them
  stdout_size  bigint not null,
  stderr_size  bigint not null,
  packed       bigint not null default 0, -- the blocks from this position on are small ones that wait to be put together
  loose        integer not null default 0, -- how many they are
  changed_time bigint not null -- milliseconds since the epoch
) with (fillfactor = 50);

-- Pieces that came one after the other. Small ones are put together by db/run_log_packing.ts; what a block holds never changes.
create table weir.run_log_blocks (
  run        bigint not null references weir.run_logs on delete cascade,
  position   bigint not null, -- bytes of the log before it
  size       integer not null, -- bytes
  first_line bigint not null, -- line ends before it
  lines      integer not null, -- line ends in it
  stdout     bigint not null, -- bytes of stdout before it
  stderr     integer not null, -- bytes of stderr in it
  first_time bigint not null, -- when its first piece came, milliseconds since the epoch
  pieces     bigint[] not null, -- of each: its stream (0 stdout, 1 stderr), its bytes, when it came
  body       bytea not null,
  primary key (run, position)
);
