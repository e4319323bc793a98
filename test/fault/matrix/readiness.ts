import { failingParts } from '../../e2e/harness/readiness.js';
import type { Rig } from '../../e2e/harness/rig.js';
import { type ProcessName, processes } from './part.js';

/** The parts of a process that fail, `silent` for one that does not answer, or undefined if it is ready. */
const failureOf = async (url: string): Promise<string | undefined> => {
  try {
    return (await failingParts(url))?.join(' and ');
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
