import type { AskedJob, Job } from "../jobs.ts";
import { withoutCredentials } from "./source.ts";

/** A job as everybody may see it: credentials of its project's address are for workers alone. */
export const shownJob = (job: Job): Job => ({
  ...job,
  spec: { ...job.spec, uri: withoutCredentials(job.spec.uri) },
});

/** The same of what asks for jobs again and again. */
export const shownAsked = <Asking extends { asked: AskedJob }>(asking: Asking): Asking => ({
  ...asking,
  asked: { ...asking.asked, uri: withoutCredentials(asking.asked.uri) },
});
