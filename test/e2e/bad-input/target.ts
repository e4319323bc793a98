import { type ErrorCode, type Key, platformTenantId } from '@ankasecure/contracts';
import { expect } from 'vitest';
import type { Method, Reply, RequestParts } from '../harness/client.js';
import { hsmCalls } from '../harness/hsm-call.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant, tenantAt } from '../harness/tenant.js';
import { eventsOf, sealedEvents, verification } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

type CryptoPath = '/encrypt' | '/decrypt' | '/sign' | '/verify' | '/encapsulate' | '/decapsulate';

/** The target of bad input: a tenant with a key of each kind, and another tenant with keys of its own. */
export interface Target {
  readonly rig: Rig;
  readonly tenant: Tenant;
  readonly other: Tenant;
  readonly keys: Readonly<Record<'sign' | 'rsa' | 'agree' | 'wrap' | 'direct' | 'mac' | 'theirs', Key>>;
  /** Sends a request and expects the problem, and that no worker used its token. */
  refused(method: Method, path: string, sending: RequestParts, code: ErrorCode | readonly ErrorCode[]): Promise<Reply>;
  /** Does the same on a crypto route, where the worker must also record the reason in the trail. */
  refusedOnRecord(path: CryptoPath, body: unknown, code: ErrorCode): Promise<void>;
}

/** Seals the first events, so that each worker derives the day's MAC key in the HSM. Afterwards only requests use the HSM. */
const warmUp = async ({ as }: Tenant): Promise<void> => {
  const auditor = await as(['auditor']);
  await eventually('a sealed event', async () => (await eventsOf(auditor)).length > 0);
  for (let time = 0; time < 24; time++) await verification(auditor);
};

export const openTarget = async (): Promise<Target> => {
  const rig = await sharedRig();
  const [tenant, other] = await Promise.all([newTenant(rig), newTenant(rig)]);
  const keys = {
    sign: await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' }),
    rsa: await tenant.createKey({ algorithm: 'RSA-2048', purpose: 'encrypt' }),
    agree: await tenant.createKey({ algorithm: 'EC-P256', purpose: 'encrypt' }),
    wrap: await tenant.createKey({ algorithm: 'AES-256', alg: 'A256KW' }),
    direct: await tenant.createKey({ algorithm: 'AES-256', alg: 'dir' }),
    mac: await tenant.createKey({ algorithm: 'HMAC-SHA256' }),
    theirs: await other.createKey({ algorithm: 'EC-P256', purpose: 'sign' }),
  };
  for (const trail of [tenant, other, await tenantAt(rig, platformTenantId)]) await warmUp(trail);
  const refused: Target['refused'] = async (method, path, sending, code) => {
    const before = await hsmCalls(rig);
    const reply = await tenant.admin.send<{ code: ErrorCode }>(method, path, sending);
    const codes = [code].flat();
    expectProblem(reply, codes.find((one) => one === reply.body.code) ?? (codes[0] as ErrorCode));
    expect(await hsmCalls(rig)).toEqual(before);
    return reply;
  };
  const refusedOnRecord: Target['refusedOnRecord'] = async (path, body, code) => {
    const { correlationId } = await refused('POST', path, { body }, code);
    const events = await sealedEvents(tenant.admin, correlationId);
    expect(events.map(({ operation, outcome, failureCode }) => ({ operation, outcome, failureCode }))).toEqual([
      { operation: path.slice(1), outcome: 'failure', failureCode: code },
    ]);
  };
  return { rig, tenant, other, keys, refused, refusedOnRecord };
};

export const encodeText = (text: string): string => Buffer.from(text).toString('base64url');
export const encodeJson = (value: unknown): string => encodeText(JSON.stringify(value));
