import type { AlgorithmName } from '@ankasecure/algorithm';
import type { SealedEvent } from '@ankasecure/contracts';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant } from '../harness/tenant.js';
import { eventsOf, verification } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';
import { algorithms, commands } from './command.js';
import { type Expected, Model } from './model.js';

const clients = 3;
const rounds = 3;
/** The number of clients, each with its own tenant and sequence. */
const runs = Number(process.env['ANKASECURE_MODEL_RUNS'] ?? 5);

/** One round: a policy, then the commands of each client under it, concurrently. */
const round = fc.record({
  allowed: fc.subarray([...algorithms], { minLength: 1 }),
  acts: fc.tuple(...Array.from({ length: clients }, () => commands(25))),
});

/** Whether the trail's event of a call matches the model. */
const holds = (event: SealedEvent, { operation, failureCode, keyId, version }: Expected): void => {
  expect(event).toMatchObject({ operation, failureCode, outcome: failureCode === null ? 'success' : 'failure' });
  if (keyId !== undefined) expect(event.keyId).toBe(keyId);
  if (version !== undefined && failureCode === null) expect(event.details['version']).toBe(String(version));
};

describe('concurrent clients with random commands', { timeout: 600_000 + runs * 10_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await sharedRig();
  });

  it('get the answers, states, versions and trail of a small model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: rounds, maxLength: rounds }), async (all) => {
        const tenant = await newTenant(rig);
        const policy = { allowed: new Set<AlgorithmName>() };
        const models = Array.from({ length: clients }, () => new Model(policy));
        const sent = models.map((_, index) =>
          tenant.as(['tenant-admin', 'application-admin', 'user'], `client-${index}`),
        );
        const real = await Promise.all(sent);
        for (const { allowed, acts } of all) {
          await tenant.changePolicy({ allowedAlgorithms: allowed });
          policy.allowed = new Set(allowed);
          await Promise.all(
            acts.map((act, index) =>
              fc.asyncModelRun(() => ({ model: models[index] as Model, real: real[index] as (typeof real)[0] }), act),
            ),
          );
        }
        const expected = models.flatMap((model) => model.expected);
        const trail = await eventually('every call in the trail', async () => {
          const events = await eventsOf(tenant.admin);
          const there = new Set(events.map(({ correlationId }) => correlationId));
          return expected.every(({ correlationId }) => there.has(correlationId)) && events;
        });
        const byCall = Map.groupBy(trail, ({ correlationId }) => correlationId);
        for (const one of expected) {
          const events = byCall.get(one.correlationId) ?? [];
          expect(events, JSON.stringify(one)).toHaveLength(1);
          holds(events[0] as SealedEvent, one);
        }
        expect(await verification(tenant.admin)).toMatchObject({ valid: true });
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });
});
