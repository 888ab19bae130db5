/** Milliseconds that a page waits for a store that may be far away, or gone. */
const patience = 5_000;

/** What work answers, or something else where it takes too long; work that fails after that is nobody's business any more. */
export async function inTime<Answer>(work: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), patience);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
