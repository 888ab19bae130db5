import { azurite, azuriteIsMissing } from "../azurite.ts";
import { besiegeContainer } from "../security/container_siege.ts";
import { besiegedBucket, besiegedFolder } from "../security/places.ts";
import { besiege, held } from "../security/siege.ts";
import { generatedSpellings } from "../security/spellings.ts";
import { needs, versitygw, versitygwIsMissing } from "../tools.ts";

/** Printed when the walls do not hold. */
const seed = Math.floor(Math.random() * 1_000_000_000);

Deno.test(
  "none of ten thousand spellings leads out of a folder, on any route",
  { ignore: Deno.build.os === "windows" },
  async () => {
    await using place = await besiegedFolder();
    held(await besiege(place, generatedSpellings(10_000, seed, place.aims)), seed);
  },
);

Deno.test(
  "none of ten thousand spellings leads out of the prefix of a bucket, on any route",
  needs(await versitygw(), versitygwIsMissing),
  async () => {
    await using place = await besiegedBucket();
    held(await besiege(place, generatedSpellings(10_000, seed, place.aims)), seed);
  },
);

Deno.test(
  "none of ten thousand spellings leads out of the prefix of a container of Azure Blob, on any route",
  needs(await azurite(), azuriteIsMissing),
  async () => {
    const aims = { canary: "/canary.txt", home: "0", links: ["prefix-more", "model"] };
    held(await besiegeContainer(generatedSpellings(10_000, seed, aims)), seed);
  },
);
