/** The siege of a container of Azure Blob: as that of a folder, but what is outside are blobs. */
import type { ContainerClient } from "@azure/storage-blob";
import { startAzurite } from "../azurite.ts";
import { createDatabase } from "../database.ts";
import { startServer } from "../server.ts";
import { type ArtifactRoute, artifactRoutes } from "./artifact_routes.ts";
import { inParallel, leadsAway, subjectsOf } from "./siege.ts";

const prefix = "some/prefix/";

/** Sends each spelling to each route of a server in a container of its own. Answers what they did that they must not do. */
export async function besiegeContainer(
  spellings: readonly string[],
): Promise<{ asked: number; taken: number; breaches: string[] }> {
  await using azure = await startAzurite();
  await using database = await createDatabase();
  const secret = `secret-${crypto.randomUUID()}`;
  for (const name of ["canary.txt", "some/canary.txt", "some/prefix-more/canary.txt", `some/${secret}-name`]) {
    await azure.client.getBlockBlobClient(name).upload(secret, secret.length);
  }
  const server = await startServer({
    DATABASE_URL: database.url,
    ARTIFACT_ROOT: `${azure.root}/some/prefix`,
    AZURE_STORAGE_CONNECTION_STRING: azure.connectionString,
  });
  const subjects = await subjectsOf(server.url);
  const home = `0/${subjects.run_id}/artifacts`;
  const breaches: string[] = [];
  let [asked, taken] = [0, 0];
  const run = async (route: ArtifactRoute) => {
    const outside = await blobsOutside(azure.client);
    await inParallel(spellings, async (spelling) => {
      const { status, body } = await route.ask(spelling, JSON.stringify({ route: route.name, spelling }));
      asked++;
      if (status === 200) taken++;
      const told = route.told(spelling);
      const wrong = body.includes(secret)
        ? "told what is outside"
        : status === 0 || status >= 500
        ? "a failure"
        : status === 200 && told !== undefined && leadsAway(told) && route.does !== "shows" &&
            !route.name.endsWith("by its file")
        ? "taken"
        : undefined;
      if (wrong) breaches.push(`${route.name} ${JSON.stringify(spelling)}: ${wrong}: ${status} ${body.slice(0, 200)}`);
    });
    if (await blobsOutside(azure.client) !== outside) breaches.push(`${route.name}: changed what is outside`);
  };
  const routes = artifactRoutes(subjects);
  try {
    for (const route of routes.filter(({ does }) => does !== "removes")) await run(route);
    breaches.push(...await misplaced(azure.client, routes, home));
    for (const route of routes.filter(({ does }) => does === "removes")) await run(route);
  } finally {
    await server.stop();
  }
  return { asked, taken, breaches };
}

/** Names and versions of the blobs that are not below the prefix. */
async function blobsOutside(client: ContainerClient): Promise<string> {
  const blobs = await Array.fromAsync(client.listBlobsFlat());
  return blobs.filter(({ name }) => !name.startsWith(prefix)).map(({ name, properties }) =>
    `${name} ${properties.etag}`
  )
    .join("\n");
}

/** Blobs that are not where those who sent them said. */
async function misplaced(client: ContainerClient, routes: readonly ArtifactRoute[], home: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of client.listBlobsFlat({ prefix })) {
    const content = `${await client.getBlobClient(name).downloadToBuffer()}`;
    if (!content.startsWith('{"route":')) continue;
    const sent: { route: string; spelling: string } = JSON.parse(content);
    const told = routes.find((route) => route.name === sent.route)?.told(sent.spelling);
    if (told === undefined) continue;
    const expected = (sent.route.startsWith("PUT") ? told : `${home}/${told}`).replaceAll(/\/{2,}/g, "/");
    if (name !== prefix + expected) found.push(`${sent.route} ${JSON.stringify(sent.spelling)} lies at ${name}`);
  }
  return found;
}
