/** A probe waits longer than a readiness check may take, and not as long as a person would. Milliseconds. */
const probeMs = 4_000;

/**
 * The parts of the service process at `url` that fail, or undefined if it is ready. No part fails in a process that starts or stops.
 * @throws Error if it does not answer, or says that it is ready in spite of a part that fails
 */
export const failingParts = async (url: string): Promise<readonly string[] | undefined> => {
  const reply = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(probeMs) });
  const { parts } = (await reply.json()) as { parts: Readonly<Record<string, string>> };
  const failing = Object.entries(parts).flatMap(([part, state]) => (state === 'ok' ? [] : [part]));
  if (!reply.ok) return failing;
  if (failing.length > 0) throw new Error(`${url} says that it is ready, and that these fail: ${failing.join(', ')}`);
  return undefined;
};
