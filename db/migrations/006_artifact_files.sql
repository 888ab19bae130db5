-- What is known of the files that were uploaded through Weir, and sums of them by the folder of their run, model or trace.
-- A URI is the store's followed by the path, such as mlflow-artifacts:/1/<run>/artifacts/model/MLmodel.
create table weir.artifact_files (
  uri       text collate "C" primary key,
  folder    text collate "C" not null, -- up to /artifacts
  size      bigint not null, -- bytes
  checksum  text not null, -- sha256:<hex> of what Weir saw, etag:<text> of what only the store did
  stored_at bigint not null -- milliseconds since the epoch
);

create table weir.artifact_totals (
  folder text collate "C" primary key,
  files  bigint not null,
  bytes  bigint not null
) with (fillfactor = 80);

-- Triggers, because two uploads of one file at the same time must be counted once.

create function weir.count_added_files() returns trigger language plpgsql as $$
begin
  insert into weir.artifact_totals (folder, files, bytes)
  select folder, count(*), sum(size) from added group by folder order by folder
  on conflict (folder) do update set
    files = artifact_totals.files + excluded.files, bytes = artifact_totals.bytes + excluded.bytes;
  return null;
end $$;

create function weir.count_removed_files() returns trigger language plpgsql as $$
begin
  update weir.artifact_totals t set files = t.files - r.files, bytes = t.bytes - r.bytes
  from (select folder, count(*) as files, sum(size) as bytes from removed group by folder) r
  where t.folder = r.folder;
  delete from weir.artifact_totals t using (select distinct folder from removed) r where t.folder = r.folder and t.files = 0;
  return null;
end $$;

create function weir.count_changed_files() returns trigger language plpgsql as $$
begin
  update weir.artifact_totals t set bytes = t.bytes + c.bytes
  from (
    select folder, sum(size) as bytes
    from (select folder, size from added union all select folder, -size from removed) both_sides group by folder
  ) c
  where t.folder = c.folder;
  return null;
end $$;

create trigger added after insert on weir.artifact_files
  referencing new table as added for each statement execute function weir.count_added_files();
create trigger removed after delete on weir.artifact_files
  referencing old table as removed for each statement execute function weir.count_removed_files();
create trigger changed after update on weir.artifact_files
  referencing old table as removed new table as added for each statement execute function weir.count_changed_files();

-- What is being uploaded or removed at this moment. Should its server die in between, store and notes may say different things
-- of that file or folder, until another server has compared them.
create table weir.artifact_changes (
  change  bigint generated always as identity primary key,
  uri     text collate "C" not null,
  seen_at timestamptz not null default now() -- when its server was last known to be at it
);
