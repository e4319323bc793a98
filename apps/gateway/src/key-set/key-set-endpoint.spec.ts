import { AnkaError, getKeySet } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CallOptions, call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';

const path = '/api/v1/tenants/acme/.well-known/jwks.json';

interface Asked {
  readonly known?: number | null;
  readonly kid?: string;
}

describe('a tenant’s key set', () => {
  let rig: Rig;
  let gateways: readonly [Gateway, Gateway];
  /** The worker's position of the tenant's records, and its kids of published keys. */
  const worker = { position: 1, kids: ['a.1'], truncated: false };
  beforeAll(async () => {
    rig = await startRig();
    gateways = [await rig.gateway(), await rig.gateway()];
    rig.standIns.answer('getKeySet', async (_, body) => {
      const { known, kid } = JSON.parse(body.toString()) as Asked;
      const { position, kids, truncated } = worker;
      const keys = kids.filter((one) => kid === undefined || one === kid).map((one) => ({ kty: 'OKP', kid: one }));
      const set = known === position ? null : { keys, ...(truncated && kid === undefined && { truncated }) };
      return { head: { ok: true }, body: Buffer.from(JSON.stringify({ position, set })) };
    });
  });
  afterAll(() => rig.stop());

  const ask = (options: CallOptions & { gateway?: Gateway; query?: string; method?: string } = {}) => {
    const { gateway = gateways[0], query = '', method = 'GET', ...rest } = options;
    return call(gateway, method, `${path}${query}`, rest);
  };
  const kidsAt = async (gateway: Gateway): Promise<string[]> => {
    const { keys } = JSON.parse((await ask({ gateway })).text) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };

  it('is the present one on every gateway as soon as a change is made', async () => {
    for (const gateway of gateways) expect(await kidsAt(gateway)).toEqual(['a.1']);
    for (let version = 2; version < 12; version++) {
      worker.position++;
      worker.kids = [`a.${version}`, ...worker.kids];
      for (const gateway of gateways) expect(await kidsAt(gateway)).toEqual(worker.kids);
    }
    worker.position++;
    worker.kids = worker.kids.filter((kid) => kid !== 'a.2');
    for (const gateway of gateways) expect(await kidsAt(gateway)).not.toContain('a.2');
  });

  it('may be read by pages of every origin, also its refusals and what a page asks before it sends a precondition', async () => {
    const asked = { headers: { origin: 'https://app.example.com' } };
    const { headers } = await ask();
    const etag = headers.get('etag') ?? '';
    const preflight = { ...asked.headers, 'access-control-request-headers': 'if-none-match' };
    const answers = [
      [await ask(asked), 200],
      [await ask({ headers: { ...asked.headers, 'if-none-match': etag } }), 304],
      [await ask({ ...asked, query: '?page=2' }), 400],
      [await call(gateways[0], 'GET', '/api/v1/tenants/nobody/.well-known/jwks.json', asked), 404],
      [await ask({ method: 'OPTIONS', headers: preflight }), 204],
    ] as const;
    for (const [answer, status] of answers) {
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    }
    const { headers: allowed } = answers[4][0];
    expect(allowed.get('access-control-allow-headers')?.toLowerCase()).toContain('if-none-match');
    expect((await call(gateways[0], 'GET', '/livez')).headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  // RFC 9110 §13.1.2: the comparison is weak, and `*` matches whatever exists. §8.8.3.2 lists the cases.
  it('is not sent again to a caller whose ETags name it', async () => {
    const etag = (await ask()).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    const matching = [etag, `W/${etag}`, `"other", ${etag}`, `W/"other" , W/${etag},`, '*'];
    for (const sent of matching) {
      const answer = await ask({ headers: { 'if-none-match': sent } });
      expect([sent, answer.status, answer.text, answer.headers.get('etag')]).toEqual([sent, 304, '', etag]);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
    }
    for (const sent of ['"other"', `W/"other", "${etag.slice(1, -2)}"`])
      expect([sent, (await ask({ headers: { 'if-none-match': sent } })).status]).toEqual([sent, 200]);
  });

  it('says that it is truncated, and each of the others is found by its kid', async () => {
    Object.assign(worker, { truncated: true, position: worker.position + 1 });
    const set = await ask();
    expect(JSON.parse(set.text)).toMatchObject({ truncated: true });
    expect(set.headers.get('link-template')).toBe(`"${path}{?kid}"; rel="item"`);
    const found = await ask({ query: '?kid=a.1' });
    expect(JSON.parse(found.text)).toEqual({ keys: [{ kty: 'OKP', kid: 'a.1' }] });
    expect(found.headers.get('link-template')).toBeNull();
    const none = await ask({ query: '?kid=b.1' });
    expect([none.status, none.text, none.headers.get('cache-control')]).toEqual([
      200,
      '{"keys":[]}',
      'public, no-cache',
    ]);
  });

  it('is answered by workers of an earlier release, together with those of this one', async () => {
    const workers = [earlierWorker(['a.2', 'a.1']), laterWorker(['a.2', 'a.1'])];
    let requests = 0;
    rig.standIns.answer('getKeySet', async (_, body) => (workers[requests++ % 2] ?? expect.fail())(body));
    for (let time = 0; time < 6; time++) {
      expect(await kidsAt(gateways[time % 2] ?? gateways[0])).toEqual(['a.2', 'a.1']);
      expect(JSON.parse((await ask({ query: '?kid=a.1' })).text)).toEqual({ keys: [{ kty: 'OKP', kid: 'a.1' }] });
    }
    const none = await ask({ query: '?kid=b.1' });
    expect([none.status, none.text]).toEqual([200, '{"keys":[]}']);
    rig.standIns.answer('getKeySet', async (_, body) => earlierWorker(['a.3'])(body));
    expect(await kidsAt(gateways[0])).toEqual(['a.3']);
  });
});

const jwksOf = (kids: readonly string[]) => ({ keys: kids.map((kid) => ({ kty: 'OKP', kid })) });

/** A worker of the release in which a question was an empty object, and an answer the set alone. */
const earlierWorker = (kids: readonly string[]) => (body: Buffer) => {
  const question = z.strictObject({}).safeParse(JSON.parse(body.toString()));
  if (!question.success) throw new AnkaError('request-invalid', 'has no member');
  return { head: { ok: true } as const, body: Buffer.from(JSON.stringify(jwksOf(kids))) };
};

/** A worker of this release, which answers a gateway of the earlier one in that way. */
const laterWorker = (kids: readonly string[]) => (body: Buffer) => {
  const { kid, known } = getKeySet.request.parse(JSON.parse(body.toString()));
  const set = jwksOf(kids.filter((one) => kid === undefined || kid === one));
  const answer = kid === undefined && known === undefined ? set : { position: 1, set };
  return { head: { ok: true } as const, body: Buffer.from(JSON.stringify(answer)) };
};
