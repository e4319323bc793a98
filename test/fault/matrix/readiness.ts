import type { Rig } from '../../e2e/harness/rig.js';
import { type ProcessName, processes } from './part.js';

/** A probe waits longer than a readiness check may take, and not as long as a person would. Milliseconds. */
const probeMs = 4_000;

/** The parts of a process that fail, `silent` for one that does not answer, or undefined if it is ready. */
const failureOf = async (url: string): Promise<string | undefined> => {
  try {
    const reply = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(probeMs) });
    const { parts = {} } = (await reply.json()) as { parts?: Readonly<Record<string, string>> };
    const failed = Object.entries(parts).flatMap(([part, state]) => (state === 'ok' ? [] : [part]));
    return reply.ok ? undefined : failed.join(' and ');
  } catch {
    return 'silent';
  }
};

/** The processes that are not ready, with what their probes say. */
export const unreadyOf = async ({ observability }: Rig): Promise<Partial<Record<ProcessName, string>>> => {
  const found = await Promise.all(
    processes.map(async (name) => [name, await failureOf(observability[name] ?? '')] as const),
  );
  return Object.fromEntries(found.filter(([, failure]) => failure !== undefined));
};

export const isReady = async (rig: Rig): Promise<boolean> => Object.keys(await unreadyOf(rig)).length === 0;
