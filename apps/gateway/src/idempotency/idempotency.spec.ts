import { AnkaError } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CallOptions, call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA, tenantB } from '../testing/token.js';
import { Idempotency } from './idempotency.js';
import { idempotencyKeyOf } from './idempotency-key.js';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const body = JSON.stringify({ algorithm: 'EC-P256', label: 'one' });

describe('idempotency', () => {
  let rig: Rig;
  let gateway: Gateway;
  let token: string;
  let key: string;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
    token = await rig.issuer.token(asTenant(tenantA, 'tenant-admin'));
  });
  beforeEach(() => {
    key = crypto.randomUUID();
    rig.standIns.answer('createKey');
  });
  afterAll(() => rig.stop());

  const create = (options: CallOptions = {}, at = gateway) =>
    call(at, 'POST', '/api/v1/keys', {
      token,
      body,
      ...options,
      headers: { 'idempotency-key': key, ...options.headers },
    });
  const asked = () => rig.standIns.heard.get('createKey') ?? [];
  const resourceIds = (from: number) =>
    asked()
      .slice(from)
      .map(({ context }) => context.resourceId);
  const sql = (statement: string) => rig.postgres.query('ankadb_gateway', statement, [key]);

  it('sends a new resource id, also without a key', async () => {
    const from = asked().length;
    const answers = [
      await call(gateway, 'POST', '/api/v1/keys', { token, body }),
      await call(gateway, 'POST', '/api/v1/keys', { token, body }),
    ];
    const [one, two] = resourceIds(from);
    expect(one).toMatch(uuidV7);
    expect(two).toMatch(uuidV7);
    expect(one).not.toBe(two);
    expect(answers.map(({ status, headers }) => [status, headers.get('location'), headers.get('etag')])).toEqual([
      [201, `/api/v1/keys/${one}`, '"1"'],
      [201, `/api/v1/keys/${two}`, '"1"'],
    ]);
  });

  it('answers a repeated request like the first, without calling the service again', async () => {
    const from = asked().length;
    const [first, second] = [await create(), await create({}, await rig.gateway())];
    expect(asked().length - from).toBe(1);
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    for (const name of ['location', 'etag', 'content-type'])
      expect(second.headers.get(name)).toBe(first.headers.get(name));
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ]);
  });

  it('refuses the key for another body or route', async () => {
    await create();
    const other = await create({ body: JSON.stringify({ algorithm: 'EC-P256', label: 'two' }) });
    expect([other.status, other.problem.code]).toEqual([422, 'idempotency-mismatch']);
  });

  it('belongs to one person: the same key of another subject or issuer is independent, and nobody locks it for others', async () => {
    const first = await create();
    const same = asTenant(tenantA, 'tenant-admin');
    const others = [await rig.issuer.token({ ...same, sub: 'another' }), await rig.otherIssuer.token(same)];
    for (const other of others) {
      const second = await create({ token: other });
      expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, null]);
      expect(second.headers.get('location')).not.toBe(first.headers.get('location'));
      expect((await create({ token: other })).headers.get('location')).toBe(second.headers.get('location'));
    }
    expect((await create()).headers.get('location')).toBe(first.headers.get('location'));
  });

  it('of an earlier release is not believed, and the request is carried out anew', async () => {
    const first = await create();
    await sql(`UPDATE idempotency SET mac = NULL WHERE key = $1`);
    const repeated = await create();
    expect([repeated.status, repeated.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect(repeated.headers.get('location')).not.toBe(first.headers.get('location'));
    expect((await create()).headers.get('idempotency-replayed')).toBe('true');
    // That of a release before callers had keys of their own does not stand in the way.
    await sql(`UPDATE idempotency SET mac = NULL, caller = '' WHERE key = $1`);
    expect((await create()).status).toBe(201);
  });

  it('is separate for each tenant: the same key of another tenant is independent', async () => {
    const first = await create();
    const second = await create({ token: await rig.issuer.token(asTenant(tenantB, 'tenant-admin')) });
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect(second.headers.get('location')).not.toBe(first.headers.get('location'));
  });

  it('refuses a second request while the first runs', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    rig.standIns.answer('createKey', async () => {
      await held;
      return { head: { ok: true }, body: Buffer.from('{}') };
    });
    const from = asked().length;
    const first = create();
    await expect.poll(() => asked().length).toBe(from + 1);
    const second = await create();
    release();
    expect([second.status, second.problem.code]).toEqual([409, 'idempotency-in-flight']);
    expect(second.headers.get('retry-after')).toBe('1');
    expect([(await first).status, (await create()).headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  });

  it('creates one resource for many concurrent requests', async () => {
    const from = asked().length;
    const statuses = (await Promise.all(Array.from({ length: 12 }, () => create()))).map(({ status }) => status);
    expect(asked().length - from).toBe(1);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    expect(statuses).toContain(201);
  });

  it.each(['hsm-unavailable', 'hsm-error', 'internal-error', 'deadline-exceeded', 'decision-outdated'] as const)(
    'lets a request be repeated after %s, with the same id',
    async (code) => {
      rig.standIns.answer('createKey', () => Promise.reject(new AnkaError(code)));
      const from = asked().length;
      expect((await create()).problem.code).toBe(code);
      rig.standIns.answer('createKey');
      expect([(await create()).status, (await create()).headers.get('idempotency-replayed')]).toEqual([201, 'true']);
      const [one, two, ...more] = resourceIds(from);
      expect([one, more]).toEqual([two, []]);
    },
  );

  it.each([
    'policy-refused',
    'key-access-denied',
    'precondition-failed',
    'key-state',
    'quota-exceeded',
    'alias-not-found',
    'issuer-exists',
    'algorithm-unavailable',
    'request-invalid',
  ] as const)('does not keep the refusal %s, which may pass', async (code) => {
    rig.standIns.answer('createKey', () => Promise.reject(new AnkaError(code, 'no')));
    const from = asked().length;
    const refused = [await create(), await create()];
    expect(refused.map(({ problem }) => problem.code)).toEqual([code, code]);
    expect(refused.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, null]);
    rig.standIns.answer('createKey');
    expect([(await create()).status, (await create()).headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(new Set(resourceIds(from)).size).toBe(1);
  });

  it('stays bound to its request after a refusal', async () => {
    rig.standIns.answer('createKey', () => Promise.reject(new AnkaError('policy-refused', 'no')));
    await create();
    const other = await create({ body: JSON.stringify({ algorithm: 'EC-P256', label: 'two' }) });
    expect([other.status, other.problem.code]).toEqual([422, 'idempotency-mismatch']);
  });

  it.each([
    ['blanks', body.replaceAll(/[,:]/g, (sign) => `${sign}\n  `)],
    ['the order of members', JSON.stringify({ label: 'one', algorithm: 'EC-P256' })],
    ['escapes', body.replace('one', String.raw`\u006f\u006ee`)],
  ])('compares bodies as JSON: %s make no difference', async (_, rewritten) => {
    const first = await create();
    const second = await create({ body: rewritten });
    expect([second.status, second.headers.get('location')]).toEqual([201, first.headers.get('location')]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is refused for another If-Match: it is another request', async () => {
    const rotate = (etag: string) =>
      call(gateway, 'POST', `/api/v1/keys/${tenantA}/rotate`, {
        token,
        headers: { 'idempotency-key': key, 'if-match': etag },
      });
    rig.standIns.answer('rotateKey');
    expect((await rotate('"1"')).status).toBe(200);
    expect((await rotate('"1"')).headers.get('idempotency-replayed')).toBe('true');
    expect((await rotate('"2"')).problem.code).toBe('idempotency-mismatch');
    expect((await rotate('*')).problem.code).toBe('idempotency-mismatch');
  });

  it('takes over the attempt of a dead gateway, after its lease and with the same id', async () => {
    rig.standIns.answer('createKey', () => Promise.reject(new AnkaError('hsm-timeout')));
    const from = asked().length;
    await create();
    rig.standIns.answer('createKey');
    await sql(`UPDATE idempotency SET deadline = now() + interval '1 h' WHERE key = $1`);
    expect((await create()).problem.code).toBe('idempotency-in-flight');
    await sql(`UPDATE idempotency SET deadline = now() - interval '1 s' WHERE key = $1`);
    expect((await create({}, await rig.gateway())).status).toBe(201);
    const [dead, alive, ...more] = resourceIds(from);
    expect([dead, more]).toEqual([alive, []]);
  });

  const leaseOf = async (): Promise<number> => {
    const [row] = await sql(`SELECT extract(epoch FROM deadline - now()) AS seconds FROM idempotency WHERE key = $1`);
    return Number((row as { seconds: string }).seconds);
  };

  it('is locked for seconds only, and stays locked while its request runs', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.standIns.answer('createKey', async () => {
      await promise;
      return { head: { ok: true }, body: Buffer.from('{}') };
    });
    const from = asked().length;
    const first = create();
    await expect.poll(() => asked().length).toBe(from + 1);
    expect(await leaseOf()).toBeLessThanOrEqual(5);
    await sql(`UPDATE idempotency SET deadline = now() WHERE key = $1`);
    await expect.poll(leaseOf).toBeGreaterThan(0);
    expect((await create()).problem.code).toBe('idempotency-in-flight');
    resolve();
    expect((await first).status).toBe(201);
    expect((await create()).headers.get('idempotency-replayed')).toBe('true');
  });

  it('does not let a late first answer replace the answer of the attempt that took over', async () => {
    const store = gateway.app.get(Idempotency);
    const attempt = {
      tenantId: tenantA,
      caller: Buffer.alloc(32),
      key,
      route: 'createKey',
      bodyHash: Buffer.alloc(32),
    };
    const slow = await store.begin(attempt);
    if ('status' in slow) throw new Error('a claim is expected');
    await store.release(slow);
    const fast = await store.begin(attempt);
    if ('status' in fast) throw new Error('a claim is expected');
    await store.finish(fast, { status: 201, headers: {}, body: Buffer.from('fast') });
    await store.finish(slow, { status: 503, headers: {}, body: Buffer.from('slow') });
    expect(await store.begin(attempt)).toMatchObject({ status: 201, body: Buffer.from('fast') });
  });

  it('expires, and the key then creates another resource', async () => {
    const first = await create();
    await sql(`UPDATE idempotency SET expires_at = now() - interval '1 s' WHERE key = $1`);
    const second = await create();
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect(second.headers.get('location')).not.toBe(first.headers.get('location'));
  });

  it('removes expired records of every tenant, and no others', async () => {
    await create();
    const store = gateway.app.get(Idempotency);
    await store.removeExpired();
    await sql(`INSERT INTO idempotency (tenant_id, caller, key, route, body_hash, resource_id, state, deadline, expires_at)
      SELECT gen_random_uuid(), '', 'old-' || $1, 'createKey', decode(repeat('00', 32), 'hex'), gen_random_uuid(), 'in-flight', now(), now() - interval '1 s'
      FROM generate_series(1, 3)`);
    expect([await store.removeExpired(), await store.removeExpired()]).toEqual([3, 0]);
    expect((await create()).headers.get('idempotency-replayed')).toBe('true');
  });

  it('is protected by row-level security: without its tenant, the service’s role sees no record', async () => {
    await create();
    const [row] = await gateway.parts.dataSource.query<{ seen: string }[]>('SELECT count(*) AS seen FROM idempotency');
    expect(row?.seen).toBe('0');
  });

  it.each(['a b', 'ä', 'a'.repeat(256)])('refuses the key %s', async (bad) => {
    const headers = { 'idempotency-key': Buffer.from(bad).toString('latin1') };
    const answer = await call(gateway, 'POST', '/api/v1/keys', { token, body, headers });
    expect([answer.status, answer.problem.code]).toEqual([400, 'request-invalid']);
  });
});

describe('an Idempotency-Key', () => {
  it('can be absent', () => expect(idempotencyKeyOf(undefined)).toBeUndefined());
  it.each(['x', '"8e03978e-40d5-43e8-bc93-6894a57f9324"', '~'.repeat(255)])('may be %s', (value) =>
    expect(idempotencyKeyOf(value)).toBe(value),
  );
  it.each(['', ' ', 'a b', 'a\tb', 'é', 'x'.repeat(256), '\x7f'])('may not be %j', (value) =>
    expect(() => idempotencyKeyOf(value)).toThrow(AnkaError),
  );
});
