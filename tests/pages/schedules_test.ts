import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { fireSchedules } from "../../db/schedule_fires.ts";
import { getSchedule } from "../../db/schedules.ts";
import { pageTest } from "../browser.ts";
import { claim, newWorker } from "../jobs.ts";
import type { Weir } from "../weir.ts";

const field = (page: Page, label: string) => page.getByLabel(label);

/** Sends the form that makes a schedule. */
async function post(weir: Weir, fields: Record<string, string>) {
  const answer = await weir.app.request("/projects/schedules", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: String(new URLSearchParams(fields)),
  });
  return { status: answer.status, address: answer.headers.get("location") ?? "", text: await answer.text() };
}

pageTest("a person looks at a schedule, runs it, changes it, pauses, resumes and deletes it", async (visit) => {
  const { page, weir } = visit;
  const { sql } = weir.services;
  const { address } = await post(weir, {
    uri: "https://ann:secret@git.example.com/team/project.git#part",
    entry_point: "train",
    parameters: "alpha=0.5\ntext=<b>x</b>",
    experiment_name: "By night",
    cron: "30 9 * * mon-fri",
    time_zone: "Europe/Berlin",
  });
  const schedule_id = address.split("/").at(-1) ?? "";
  await page.goto(address);
  await page.getByRole("heading", { name: "part train", level: 1 }).waitFor();
  await page.getByText("Monday to Friday at 09:30").waitFor();
  assert.equal(await page.locator(".next time").count(), 5);
  assert.doesNotMatch(await page.content(), /secret/);
  await page.getByText("It has not asked for any yet.").waitFor();

  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByText("Queued, next").waitFor();
  await page.getByRole("link", { name: "part train" }).click();
  await page.getByRole("row").getByText("Queued, next").waitFor();
  await claim(sql, await newWorker(sql));
  await page.getByRole("row").getByText("Running").waitFor();
  await sql`update weir.schedules set next_time = 1`;
  await fireSchedules(sql);
  await page.getByText("because a job of it went on").waitFor();

  await page.getByRole("link", { name: "its runs there" }).click();
  await page.locator("#rows tr").first().waitFor();
  assert.equal(await page.locator("#rows tr").count(), 1);

  await page.goto(address);
  await page.getByRole("link", { name: "Edit" }).click();
  await field(page, "Name of the schedule").fill("nightly");
  await field(page, "When, as cron").fill("0 3 * * *");
  await page.getByText("Every day at 03:00. Next:").waitFor();
  await field(page, "When, as cron").fill("0 3 * *");
  await page.getByText("expected five fields").waitFor();
  await field(page, "When, as cron").fill("@daily");
  await field(page, "By the clock of").fill("Mars");
  await page.getByText("expected the IANA name of a time zone").waitFor();
  await field(page, "By the clock of").fill("Asia/Tokyo");
  await field(page, "While its last job goes on").selectOption("queue one more");
  await page.getByText("Every day at 00:00. Next:").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("every day at 00:00 by the clock of Asia/Tokyo @daily").waitFor();
  const { asked, overlap, name } = await getSchedule(sql, schedule_id);
  assert.deepEqual([name, overlap, asked.uri], [
    "nightly",
    "queue",
    "https://ann:secret@git.example.com/team/project.git#part",
  ]);
  assert.deepEqual(asked.parameters, [{ key: "alpha", value: "0.5" }, { key: "text", value: "<b>x</b>" }]);

  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.getByRole("link", { name: "Projects" }).last().click();
  const row = page.locator(`#schedule-${schedule_id}`);
  await row.getByText("every day at 00:00, Asia/Tokyo").waitFor();
  await row.getByText("Running").waitFor();
  await row.getByRole("link", { name: "nightly" }).click();
  await page.getByRole("link", { name: "Delete" }).click();
  await page.getByText("The jobs that it asked for stay").waitFor();
  await page.getByRole("link", { name: "Keep it" }).click();
  await page.getByRole("link", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "Projects", level: 1 }).waitFor();
  assert.equal(await page.getByText("nightly").count(), 0);
  assert.equal((await sql`select from weir.jobs`).length, 1);
});

pageTest("a schedule whose experiment is gone says so", async ({ page, weir, experiment_id }) => {
  const { schedule } = await weir.ok("POST", "/api/weir/1/schedules", {
    ...{ name: "lost", cron: "@hourly", uri: "/p", experiment_id },
  });
  await weir.ok("POST", "experiments/delete", { experiment_id });
  await weir.services.sql`update weir.schedules set next_time = 1 where schedule_id = ${schedule.schedule_id}`;
  await fireSchedules(weir.services.sql);
  await page.goto("/projects");
  await page.locator(`#schedule-${schedule.schedule_id}`).getByText("Not asked").waitFor();
  await page.getByRole("link", { name: "lost" }).click();
  await page.getByText("must be in the 'active' state").waitFor();
});

pageTest("what the form of a schedule cannot take is told with its field", async ({ page, weir, expected }) => {
  expected.push(/status of 400/);
  const { schedule } = await weir.ok("POST", "/api/weir/1/schedules", { name: "n", cron: "@hourly", uri: "/p" });
  const wrong = [
    ["When, as cron", "0 0 31 2 *", "it names a day that never comes"],
    ["By the clock of", "Mars", "'time_zone' supplied"],
    ["Parameters", "alpha", "expected lines such as alpha=0.5"],
  ] as const;
  for (const [label, value, message] of wrong) {
    await page.goto(`/projects/schedules/${schedule.schedule_id}/edit`);
    await field(page, label).fill(value);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "That did not work" }).waitFor();
    await page.getByText(message).waitFor();
  }
  assert.deepEqual((await getSchedule(weir.services.sql, schedule.schedule_id)).cron, "@hourly");
  const { status, text } = await post(weir, { uri: "/p", cron: "" });
  assert.equal(status, 400);
  assert.match(text, /required parameter 'cron'/);
});

pageTest("a person makes a schedule with the form that runs a project", async ({ page, weir }) => {
  await page.goto("/projects/new?uri=/srv/project&plain=true");
  await page.getByText("Schedule: run it again and again").click();
  await field(page, "When, as cron").fill("*/20 * * * *");
  await page.getByText("Every 20 minutes. Next:").waitFor();
  await page.getByRole("button", { name: "Make the schedule" }).click();
  await page.getByRole("heading", { name: "project", level: 1, exact: true }).waitFor();
  const { schedules } = await weir.ok("GET", "/api/weir/1/schedules?max_results=1");
  assert.deepEqual([schedules[0].cron, schedules[0].time_zone, schedules[0].asked.uri], [
    ...["*/20 * * * *", "UTC", "/srv/project"],
  ]);
});
