import { platformTenantId } from '@ankasecure/contracts';
import type { Clock } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ids } from '../route/example.js';
import { routes } from '../routes/routes.js';
import { type CallAnswer, call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';
import { AnswerMac } from './answer-mac.js';
import { type Claim, Idempotency } from './idempotency.js';

const forged = { forged: 'by the owner of the database' };
const forgedBody = `convert_to('${JSON.stringify(forged)}', 'UTF8')`;
/** The columns of a record with an answer that nobody gave. */
const done = (status: number): readonly string[] => [
  `state = 'done'`,
  `status = ${status}`,
  `headers = '{"content-type": "application/json"}'`,
  `body = ${forgedBody}`,
];
const chosen = '0190aaaa-0000-7000-8000-00000000c0de';

/** What whoever owns the database does to a record, before a request or between it and its repetition. */
interface Attack {
  /** Assignments of a trigger that runs before each insert; undefined for none. */
  readonly trigger?: (status: number) => readonly string[];
  /**
   * Statements after the first request, where $1 is its Idempotency-Key, and `$1 || '-other'` that of another one. Another person
   * has used $1 too.
   */
  readonly after?: (status: number) => string;
  /** What the first and the repeated request are answered with: a code, or `carried out`. */
  readonly first: string;
  readonly again: string;
}

const attacks: Readonly<Record<string, Attack>> = {
  'a trigger chooses the id of the resource': {
    trigger: () => [`resource_id = '${chosen}'`],
    first: 'record-forged',
    again: 'record-forged',
  },
  'a trigger stores an answer': { trigger: done, first: 'carried out', again: 'carried out' },
  'the answer is replaced': {
    after: () => `UPDATE idempotency SET body = ${forgedBody} WHERE key = $1`,
    first: 'carried out',
    again: 'record-forged',
  },
  'the status of the answer is replaced': {
    after: () => `UPDATE idempotency SET status = 299 WHERE key = $1`,
    first: 'carried out',
    again: 'record-forged',
  },
  'the headers of the answer are replaced': {
    after: () => `UPDATE idempotency SET headers = '{"location": "/api/v1/keys/${chosen}"}' WHERE key = $1`,
    first: 'carried out',
    again: 'record-forged',
  },
  'the id of the resource is replaced': {
    after: () => `UPDATE idempotency SET resource_id = '${chosen}' WHERE key = $1`,
    first: 'carried out',
    again: 'record-forged',
  },
  'the MAC is taken away': {
    after: (status) => `UPDATE idempotency SET mac = NULL, ${done(status).join(', ')} WHERE key = $1`,
    first: 'carried out',
    again: 'carried out',
  },
  'the genuine record of another request is copied': {
    after: () =>
      `UPDATE idempotency own SET (resource_id, state, status, headers, body, mac)
         = (SELECT resource_id, state, status, headers, body, mac FROM idempotency WHERE key = $1 || '-other')
       WHERE key = $1`,
    first: 'carried out',
    again: 'record-forged',
  },
  'the genuine record of another person is copied': {
    after: () =>
      `UPDATE idempotency own SET (resource_id, state, status, headers, body, mac)
         = (SELECT resource_id, state, status, headers, body, mac FROM idempotency WHERE key = $1 AND caller <> own.caller)
       WHERE key = $1`,
    first: 'carried out',
    again: 'record-forged',
  },
};

const idempotent = routes.filter(({ idempotent: takesKey }) => takesKey === true);

/** The tokens of one person. */
interface Tokens {
  readonly tenant: string;
  readonly platform: string;
}

describe('a forged record of an Idempotency-Key', () => {
  let rig: Rig;
  let gateway: Gateway;
  let tokens: Tokens;
  let others: Tokens;
  let key: string;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
    const tokensOf = async (sub: string): Promise<Tokens> => ({
      tenant: await rig.issuer.token({ ...asTenant(tenantA, 'tenant-admin'), sub }),
      platform: await rig.issuer.token({ ...asTenant(platformTenantId, 'platform-admin'), sub }),
    });
    [tokens, others] = [await tokensOf('alice'), await tokensOf('bob')];
  });
  beforeEach(() => {
    key = crypto.randomUUID();
  });
  afterEach(async () => {
    await sql('DROP TRIGGER IF EXISTS attack ON idempotency');
    await forgetMade();
  });
  afterAll(() => rig.stop());

  const sql = (text: string): Promise<unknown[]> => rig.postgres.query('ankadb_gateway', text);
  const paths = { issuer: 'issuers', service_account: 'service-accounts', excluded_subject: 'exclusions' };
  const forgetMade = async (): Promise<void> => {
    for (const [table, path] of Object.entries(paths))
      for (const { id } of (await sql(`SELECT id FROM ${table}`)) as { id: string }[]) {
        const answer = await call(gateway, 'DELETE', `/api/v1/${path}/${id}`, { token: tokens.tenant });
        expect(answer.status, answer.text).toBeLessThan(300);
      }
  };
  const send = (route: (typeof routes)[number], idempotencyKey: string, by = tokens): Promise<CallAnswer> => {
    const { method, path, roles, example } = route;
    const body = example.request === undefined || method === 'DELETE' ? undefined : JSON.stringify(example.request);
    return call(gateway, method, `/api/v1${path.replace('{id}', ids.signingKey)}`, {
      token: roles.includes('tenant-admin') ? by.tenant : by.platform,
      headers: { 'idempotency-key': idempotencyKey },
      ...(body !== undefined && { body }),
    });
  };
  const outcomeOf = ({ status, headers, problem, text }: CallAnswer): string => {
    expect(text).not.toContain(forged.forged);
    expect(headers.get('location') ?? '').not.toContain(chosen);
    if (status >= 400) return problem.code;
    return headers.get('idempotency-replayed') === null ? 'carried out' : 'replayed';
  };

  /** Carries out an attack, and tells what the request and its repetition are answered with. */
  const underAttack = async (
    route: (typeof routes)[number],
    { trigger, after }: Attack,
  ): Promise<readonly string[]> => {
    if (trigger !== undefined)
      await sql(`CREATE OR REPLACE FUNCTION attack() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN ${trigger(route.status)
            .map((set) => `NEW.${set.replace('=', ':=')};`)
            .join(' ')} RETURN NEW; END $$;
        CREATE TRIGGER attack BEFORE INSERT ON idempotency FOR EACH ROW EXECUTE FUNCTION attack()`);
    const first = outcomeOf(await send(route, key));
    if (after !== undefined) {
      await send(route, `${key}-other`);
      await send(route, key, others);
      await sql(after(route.status).replaceAll('$1', `'${key}'`));
      // What a caller asks for once more is made only if it is not there.
      if (after(route.status).includes('NULL')) await forgetMade();
    }
    return [first, outcomeOf(await send(route, key))];
  };

  it.each(idempotent)('is none if it is as a gateway wrote it: $operationId', async (route) => {
    expect(await underAttack(route, { after: () => 'SELECT 1', first: '', again: '' })).toEqual([
      'carried out',
      'replayed',
    ]);
  });

  const cases = Object.entries(attacks).flatMap(([what, attack]) =>
    idempotent.map((route) => ({ what, attack, route, operationId: route.operationId })),
  );
  it.each(cases)('is not believed when $what: $operationId', async ({ attack, route }) => {
    const { first, again } = attack;
    const asked = rig.standIns.heard.get(route.operationId)?.length ?? 0;
    expect(await underAttack(route, attack)).toEqual([first, again]);
    const ids = (rig.standIns.heard.get(route.operationId) ?? []).slice(asked).map(({ context }) => context.resourceId);
    expect(ids).not.toContain(chosen);
  });

  it('raises the alarm', async () => {
    const [route] = idempotent as [(typeof routes)[number]];
    await underAttack(route, attacks['the answer is replaced'] as Attack);
    const metrics = await gateway.parts.health.registry.metrics();
    expect(metrics).toMatch(/ankasecure_record_rejected_total\{[^}]*kind="idempotency",reason="forged"[^}]*\} [1-9]/);
  });

  it('that is genuine counts for a day, whatever the database says', async () => {
    const macs = new AnswerMac('a secret');
    const attempt = { tenantId: tenantA, caller: Buffer.alloc(32), key, route: 'x', bodyHash: Buffer.alloc(32) };
    const at = (hours: number) => {
      const clock = { now: () => Date.now() + hours * 3_600_000 } as Clock;
      return new Idempotency(gateway.parts.dataSource, macs, clock);
    };
    const claim = await at(0).begin(attempt);
    if ('status' in claim) throw new Error('a claim is expected');
    await at(0).finish(claim, { status: 201, headers: {}, body: Buffer.from('first') });
    expect(await at(23).begin(attempt)).toMatchObject({ status: 201 });
    const anew = await at(25).begin(attempt);
    expect(anew).toMatchObject({ attempt: 2 });
    expect((anew as Claim).resourceId).not.toBe(claim.resourceId);
  });
});
