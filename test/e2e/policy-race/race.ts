import { setTimeout as delay } from 'node:timers/promises';
import type { Rig } from '../harness/rig.js';
import type { Tenant } from '../harness/tenant.js';
import { type CommittedChange, committedSuccesses } from './observation.js';

/** The operation of a race, and the two changes that alternate. */
export interface RacePlan {
  readonly operation: 'sign' | 'decrypt';
  readonly body: unknown;
  /** The status of the answer while the operation is refused. */
  readonly refusal: 403 | 409;
  readonly refuse: () => Promise<unknown>;
  readonly allow: () => Promise<unknown>;
  /** All changes as the database committed them, oldest first. */
  readonly changes: () => Promise<readonly CommittedChange[]>;
}

/** A request as its client saw it; milliseconds of one monotonic clock. */
interface ObservedRequest {
  readonly correlationId: string;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly status: number;
}

/** A period in which nothing may succeed: from the answer to the refusing change until the next change is sent. */
interface Window {
  readonly from: number;
  readonly until: number;
}

export interface Race {
  readonly seen: readonly ObservedRequest[];
  readonly windows: readonly Window[];
}

const clients = 6;

/**
 * Clients send requests in closed loops while the operation is refused and allowed in turn.
 * @param toggles the number of times that it is refused
 */
export const runRace = async (tenant: Tenant, contest: RacePlan, toggles: number): Promise<Race> => {
  const seen: ObservedRequest[] = [];
  const windows: Window[] = [];
  let racing = true;
  const ask = async (): Promise<void> => {
    while (racing) {
      const sentAt = performance.now();
      const reply = await tenant.admin.send('POST', `/${contest.operation}`, { body: contest.body });
      const { status, correlationId } = reply;
      seen.push({ correlationId, sentAt, receivedAt: performance.now(), status });
    }
  };
  const loops = Array.from({ length: clients }, ask);
  const answered = async (count: number): Promise<void> => {
    const goal = seen.length + count;
    while (seen.length < goal) await delay(1);
  };
  try {
    for (let toggle = 0; toggle < toggles; toggle++) {
      await answered(2 * clients);
      await contest.refuse();
      const from = performance.now();
      await answered(2 * clients);
      windows.push({ from, until: performance.now() });
      await contest.allow();
    }
  } finally {
    racing = false;
    await Promise.all(loops);
  }
  return { seen, windows };
};

/** The clients' observation: a request succeeded that was sent after the refusing change was answered and answered before the next change was sent. */
export const seenViolations = ({ seen, windows }: Race): readonly ObservedRequest[] => {
  const refused = ({ sentAt, receivedAt }: ObservedRequest): boolean =>
    windows.some(({ from, until }) => sentAt > from && receivedAt < until);
  return seen.filter((one) => one.status === 200 && refused(one));
};

const inForce = (changes: readonly CommittedChange[], at: number): CommittedChange | undefined =>
  changes.findLast((change) => change.at <= at);

/**
 * The database's observation: a success was committed while the state in force refused it. A result is released only after
 * its outcome's commit, and a change is answered only after its own, so this checks the promise itself and does not depend on what clients observe.
 */
export const committedViolations = async (
  rig: Rig,
  tenant: Tenant,
  { operation, changes }: RacePlan,
): Promise<readonly string[]> => {
  const committed = await changes();
  const successes = await committedSuccesses(rig, tenant.id, operation);
  return successes
    .filter(({ at }) => inForce(committed, at)?.allows === false)
    .map(({ correlationId }) => correlationId);
};
