import { needs, versitygw, versitygwIsMissing } from "../tools.ts";
import { besiegedBucket, besiegedFolder } from "./places.ts";
import { besiege, held } from "./siege.ts";
import { attacks, generatedSpellings, publishedSpellings } from "./spellings.ts";

/** Any: the same spellings in every run of the tests. */
const seed = 20_261_123;
const posix = { ignore: Deno.build.os === "windows" };
const s3 = needs(await versitygw(), versitygwIsMissing);

Deno.test(
  `${attacks.join(", ")}: no published spelling leads out of a folder, on any route that takes a path`,
  posix,
  async () => {
    await using place = await besiegedFolder();
    held(await besiege(place, attacks.flatMap((attack) => publishedSpellings(attack, place.aims))));
  },
);

Deno.test("no generated spelling leads out of a folder with links in it, on any route", posix, async () => {
  await using place = await besiegedFolder();
  held(await besiege(place, generatedSpellings(500, seed, place.aims)), seed);
});

Deno.test("A1 to A10, A13: no spelling leads out of the prefix of a bucket, on any route", s3, async () => {
  await using place = await besiegedBucket();
  const published = attacks.flatMap((attack) => publishedSpellings(attack, place.aims));
  held(
    await besiege(place, [...published.filter((_, i) => i % 4 === 0), ...generatedSpellings(100, seed, place.aims)]),
    seed,
  );
});
