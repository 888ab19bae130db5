-- Steps and timestamps in the whole range of 64 bits: a column of integers may open with a 2 (domain/series.ts).

create or replace function weir.points_of(body bytea) returns table (step bigint, "timestamp" bigint, value double precision)
language plpgsql immutable strict parallel safe as $$
declare
  at integer := 1;
  count bigint := 0;
  scale bigint := 1;
  byte integer;
  kind integer;
  number bigint;
  previous bigint;
  columns bigint[][] := '{}';
  numbers bigint[];
begin
  loop
    byte := get_byte(body, at);
    at := at + 1;
    count := count + (byte & 127) * scale;
    scale := scale * 128;
    exit when byte < 128;
  end loop;
  for part in 1..2 loop
    kind := get_byte(body, at);
    at := at + 1;
    previous := 0;
    numbers := '{}';
    for i in 1..count loop
      if kind = 1 then
        previous := weir.float8_at(body, at)::bigint;
        at := at + 8;
      elsif kind = 2 then
        previous := 0;
        for place in reverse 7..0 loop
          previous := (previous << 8) | get_byte(body, at + place);
        end loop;
        at := at + 8;
      else
        number := 0;
        scale := 1;
        loop
          byte := get_byte(body, at);
          at := at + 1;
          number := number + (byte & 127) * scale;
          exit when byte < 128;
          scale := scale * 128;
        end loop;
        previous := previous + case when number % 2 = 0 then number / 2 else -(number + 1) / 2 end;
      end if;
      numbers := numbers || previous;
    end loop;
    columns := columns || array[numbers];
  end loop;
  for i in 1..count loop
    step := columns[1][i];
    "timestamp" := columns[2][i];
    value := weir.float8_at(body, at);
    at := at + 8;
    return next;
  end loop;
end $$;
