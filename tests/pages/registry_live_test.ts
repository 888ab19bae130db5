import assert from "node:assert/strict";
import { eventually, pageTest } from "../browser.ts";

pageTest(
  "the pages of the registry follow what others do, and keep what is typed, ticked, open and where one is",
  async ({ page, open, weir, expected }) => {
    const register = (name: string) => weir.ok("POST", "model-versions/create", { name, source: "gs://b/model" });
    const tag = (value: string) => weir.ok("POST", "registered-models/set-tag", { name: "m", key: "team", value });
    const ask = async (version: string, comment: string) => {
      const body = JSON.stringify({ name: "m", version, stage: "Production", comment });
      const headers = { "content-type": "application/json" };
      const answer = await weir.app.request("/api/weir/1/transition-requests", { method: "POST", headers, body });
      assert.equal(answer.status, 200, await answer.text());
    };
    await weir.ok("POST", "registered-models/create", { name: "m" });
    for (let i = 0; i < 20; i++) await register("m");
    await ask("2", "the first one");
    await page.goto("/models/m");
    await page.evaluate(() => void Reflect.set(globalThis, "here", "still"));
    const [list, version] = [await open(), await open()];
    await Promise.all([list.goto("/models"), version.goto("/models/m/versions/2")]);

    const first = page.locator("form").filter({ hasText: "the first one" });
    await first.getByLabel("Comment").fill("not yet, becau");
    await page.getByLabel("Compare version 19", { exact: true }).check();
    await page.getByLabel("Tag", { exact: true }).fill("half a ta");
    await page.evaluate(() => scrollTo(0, document.querySelector("#versions")?.getBoundingClientRect().top ?? 0));
    const heading = page.locator("#versions h2");
    const { y } = await heading.boundingBox() ?? {};
    await register("m");
    await ask("3", "the second one");
    await tag("vision");
    // Whoever types is not disturbed.
    assert.equal(await page.getByText("the second one").count(), 0);
    await page.getByLabel("Tag", { exact: true }).blur();
    await page.getByText("the second one").first().waitFor();
    await page.getByLabel("Compare version 21").waitFor();
    assert.deepEqual(
      await page.getByRole("checkbox", { name: /^Compare version/, checked: true }).evaluateAll((boxes) =>
        boxes.map((box) => box.getAttribute("value"))
      ),
      ["19"],
    );
    assert.equal(await first.getByLabel("Comment").inputValue(), "not yet, becau");
    assert.equal(await page.getByLabel("Tag", { exact: true }).inputValue(), "half a ta");
    assert.match(await page.locator(".tags").filter({ hasText: "Tags" }).innerText(), /team\s+vision/);
    // What came above it did not move what is read.
    assert.equal((await heading.boundingBox())?.y, y);

    const menu = page.locator("details.menu").filter({ hasText: "Metrics" }).or(page.locator(".head details.menu"))
      .last();
    await menu.locator("summary").click();
    await weir.ok("POST", "registered-models/alias", { name: "m", alias: "champion", version: "2" });
    await weir.ok("POST", "model-versions/transition-stage", {
      name: "m",
      version: "2",
      stage: "Staging",
      archive_existing_versions: false,
    });
    await weir.ok("POST", "registered-models/create", { name: "young" });
    await version.locator("h1").filter({ hasText: "champion" }).filter({ hasText: "Staging" }).waitFor();
    await list.getByText("champion 2").waitFor();
    await list.getByRole("link", { name: "young" }).waitFor();
    assert.ok(await menu.evaluate((details) => details instanceof HTMLDetailsElement && details.open));
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "version 2", exact: true }).waitFor();
    assert.equal(await page.evaluate(() => Reflect.get(globalThis, "here")), "still");

    expected.push(/status of 404/);
    await weir.ok("POST", "registered-models/rename", { name: "m", new_name: "n" });
    await eventually(async () => assert.match(await page.locator(".toast").innerText(), /gone/));
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "m");
  },
  { viewport: { width: 1280, height: 500 } },
);
