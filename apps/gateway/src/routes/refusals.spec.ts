import { AnkaError, type ErrorCode, onRecord, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplePath } from '../route/example.js';
import { basePath, type Route } from '../route/route.js';
import { type CallAnswer, type CallOptions, call, callAnyhow } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, makeIssuer, seconds, type TokenMaker, tenantA, tenantB } from '../testing/token.js';
import { routes } from './routes.js';

/** A request that is refused. */
interface Attempt extends CallOptions {
  /** Instead of the route's own. */
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  /** Claims of the caller's token. */
  readonly claims?: Record<string, unknown>;
}

/** One way to be refused: the routes that can refuse so, the request, and the refusal's code. */
interface Kind {
  readonly code: ErrorCode | ((route: Route) => ErrorCode);
  readonly applies?: (route: Route) => boolean;
  readonly attempt: (route: Route) => Attempt;
  /** The events that the gateway records of it. */
  readonly events?: number;
  /** The events name no route and no caller: the request has no route, or its token no usable subject. */
  readonly isRouteless?: true;
  readonly subject?: string;
  /** It is refused before its token is judged. */
  readonly isEarly?: true;
}

const codeOf = ({ code }: Kind, route: Route): ErrorCode => (typeof code === 'string' ? code : code(route));

const guarded = routes.filter((route) => route.public === undefined);
const withBody = ({ takes }: Route): boolean => takes === 'body';
const ofService = ({ contract, decides }: Route): boolean => contract.owner !== 'gateway' && decides === undefined;

/** A request that is in order. */
const good = (route: Route): Attempt => ({
  ...(withBody(route) && { body: JSON.stringify(route.example.request) }),
  ...(route.conditional && { headers: { 'if-match': '"7"' } }),
});
const answered = (refused: AnkaError) => (rig: Rig) => {
  for (const { operationId } of guarded) rig.standIns.answer(operationId, () => Promise.reject(refused));
};

const kinds: Readonly<Record<string, Kind & { readonly arrange?: (rig: Rig) => void }>> = {
  'without a role': { code: 'access-denied', attempt: (route) => ({ ...good(route), claims: { roles: [] } }) },
  'with an expired token': {
    code: 'authentication-required',
    attempt: (route) => ({ ...good(route), claims: { nbf: seconds(-600), exp: seconds(-300) } }),
  },
  'with a token for somebody else’s service': {
    code: 'authentication-required',
    attempt: (route) => ({ ...good(route), claims: { aud: 'another' } }),
  },
  'with a token that is valid for too long': {
    code: 'authentication-required',
    attempt: (route) => ({ ...good(route), claims: { exp: seconds(86_400 * 30) } }),
  },
  'with a token whose roles are neither a list nor a text': {
    code: 'authentication-required',
    attempt: (route) => ({ ...good(route), claims: { roles: 7 } }),
  },
  'with a token whose subject is unusable': {
    code: 'authentication-required',
    attempt: (route) => ({ ...good(route), claims: { sub: 'x'.repeat(257) } }),
    subject: '(none)',
  },
  'with an expired token whose roles are no list': {
    code: 'authentication-required',
    attempt: (route) => ({ ...good(route), claims: { roles: {}, nbf: seconds(-600), exp: seconds(-300) } }),
  },
  'with a method that the path does not have': {
    code: 'method-not-allowed',
    attempt: (route) => ({ method: 'PURGE', path: route.path }),
    isRouteless: true,
    isEarly: true,
  },
  'with a path that does not exist': {
    code: 'route-not-found',
    attempt: ({ path }) => ({ path: `${path}/and/no/further` }),
    isRouteless: true,
    isEarly: true,
  },
  'with a path that is malformed': {
    code: 'request-invalid',
    attempt: ({ path }) => ({ path: `${path}%zz` }),
    isRouteless: true,
    isEarly: true,
  },
  'with an expectation that nobody meets': {
    code: 'expectation-failed',
    attempt: (route) => ({ ...good(route), headers: { ...good(route).headers, expect: 'a-miracle' } }),
    isEarly: true,
  },
  'with a body where there is none': {
    code: 'request-invalid',
    applies: ({ method }) => method === 'GET' || method === 'DELETE',
    attempt: (route) => ({ ...good(route), body: '{}' }),
    isEarly: true,
  },
  'with a body in another encoding': {
    code: 'media-type-unsupported',
    applies: withBody,
    attempt: (route) => ({ ...good(route), headers: { 'content-encoding': 'gzip' } }),
    isEarly: true,
  },
  'with a body in another charset': {
    code: 'media-type-unsupported',
    applies: withBody,
    attempt: (route) => ({ ...good(route), headers: { 'content-type': 'application/json; charset=latin1' } }),
    isEarly: true,
  },
  'after the caller was shut out': {
    code: 'authentication-required',
    attempt: (route) => ({ ...good(route), claims: { sub: 'mallory' } }),
  },
  'with another tenant’s id in the path': {
    code: 'tenant-mismatch',
    applies: ({ path, roles }) => path.includes('{tenant}') && roles.some((role) => role !== 'platform-admin'),
    attempt: (route) => ({ ...good(route), path: route.path.replace('{tenant}', tenantB) }),
  },
  'with a parameter that it does not have': {
    code: 'request-invalid',
    applies: withBody,
    attempt: (route) => ({ ...good(route), query: '?x=1' }),
  },
  'with a dry run that is neither': {
    code: 'request-invalid',
    applies: ({ dryRun }) => dryRun === true,
    attempt: (route) => ({ ...good(route), query: '?dryRun=perhaps' }),
  },
  'with a body of another type': {
    code: 'media-type-unsupported',
    applies: withBody,
    attempt: (route) => ({ ...good(route), headers: { 'content-type': 'text/plain' }, body: 'x' }),
  },
  'with a body that is too large': {
    code: 'body-too-large',
    applies: withBody,
    attempt: () => ({ body: ' '.repeat(300 * 1024) }),
  },
  'with a body that is no JSON': {
    code: 'body-malformed',
    applies: (route) => withBody(route) && route.path.includes('{'),
    attempt: (route) => ({ ...good(route), body: '{' }),
  },
  'with a condition that nothing meets': {
    code: 'precondition-failed',
    applies: ({ method, conditional }) => method !== 'GET' && conditional === undefined,
    attempt: (route) => ({ ...good(route), headers: { 'if-match': '"3"' } }),
  },
  'with a condition that is not valid': {
    code: 'request-invalid',
    applies: ({ method }) => method !== 'GET',
    attempt: (route) => ({ ...good(route), headers: { 'if-match': '3' } }),
  },
  'without the condition that it requires': {
    code: 'precondition-required',
    applies: ({ conditional }) => conditional === true,
    attempt: (route) => ({ ...good(route), headers: {} }),
  },
  'with an Idempotency-Key where none is taken': {
    code: () => 'request-invalid',
    applies: ({ idempotent, public: isPublic }) => idempotent !== true && isPublic !== true,
    attempt: (route) => ({ ...good(route), headers: { 'idempotency-key': 'k' } }),
  },
  'with an Idempotency-Key that is none': {
    code: 'request-invalid',
    applies: ({ idempotent }) => idempotent === true,
    attempt: (route) => ({ ...good(route), headers: { 'idempotency-key': 'a b' } }),
  },
  'with an Idempotency-Key that is none, in a dry run': {
    code: 'request-invalid',
    applies: ({ idempotent, dryRun }) => idempotent === true && dryRun === true,
    attempt: (route) => ({ ...good(route), query: '?dryRun=true', headers: { 'idempotency-key': 'a b' } }),
  },
  'with a condition that is not valid, in a dry run': {
    code: 'request-invalid',
    applies: ({ method, dryRun }) => method !== 'GET' && dryRun === true,
    attempt: (route) => ({ ...good(route), query: '?dryRun=true', headers: { 'if-match': '3' } }),
  },
  'by the gateway, which has no such resource': {
    code: (route) => route.unknownId ?? 'internal-error',
    applies: ({ method, unknownId, contract, path }) =>
      method === 'GET' && contract.owner === 'gateway' && unknownId !== undefined && path.includes('{id}'),
    attempt: good,
  },
  'by a service that records nothing': {
    code: 'key-not-found',
    applies: ofService,
    attempt: good,
    arrange: answered(new AnkaError('key-not-found')),
  },
  'by a service that has recorded it': {
    code: 'key-state',
    applies: ofService,
    attempt: good,
    events: 0,
    arrange: answered(onRecord(new AnkaError('key-state'))),
  },
};

describe('a refusal', () => {
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
    const admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });
    const body = JSON.stringify({ issuer: rig.issuer.issuer, subject: 'mallory' });
    expect((await call(gateway, 'POST', '/api/v1/exclusions', { token: admin, body })).status).toBe(201);
  });
  afterAll(() => rig.stop());

  const ask = async (
    route: Route,
    { method = route.method, path = route.path, query = '', claims = {}, ...options }: Attempt,
    maker: TokenMaker = rig.issuer,
  ) => {
    const [role = 'user'] = route.roles.filter((one) => one !== 'platform-admin');
    const isPlatforms = route.roles.every((one) => one === 'platform-admin');
    const who = asTenant(
      isPlatforms && claims['sub'] !== 'mallory' ? platformTenantId : tenantA,
      isPlatforms ? 'platform-admin' : role,
    );
    const id = crypto.randomUUID();
    const token = await maker.token({ ...who, ...claims });
    const headers = { ...options.headers, 'x-correlation-id': id };
    const url = `${basePath}${examplePath(path)}${query}`;
    const isOdd = method === 'PURGE' || 'expect' in headers || (options.body !== undefined && !withBody(route));
    return { id, answer: await (isOdd ? callAnyhow : call)(gateway, method, url, { ...options, token, headers }) };
  };
  const eventsOf = (id: string) => rig.standIns.sealed.filter(({ correlationId }) => correlationId === id);
  /** Waits until what was recorded so far is sealed: each tenant's events are sealed in the order of their commits. */
  const allSealed = async (): Promise<void> => {
    for (const tenantId of [tenantA, platformTenantId]) {
      const last = await ask(guarded[0] as Route, { claims: { tenant: tenantId, roles: [] } });
      await expect.poll(() => eventsOf(last.id)).toMatchObject([{ tenantId }]);
    }
  };

  it.each(Object.entries(kinds))('of any route %s is on record', async (_, kind) => {
    const asked: { readonly route: Route; readonly id: string; readonly answer: CallAnswer }[] = [];
    kind.arrange?.(rig);
    for (const route of guarded.filter(kind.applies ?? (() => true)))
      asked.push({ route, ...(await ask(route, kind.attempt(route))) });
    for (const { operationId } of guarded) rig.standIns.answer(operationId);
    expect(asked.length).toBeGreaterThan(0);
    for (const { route, answer } of asked)
      expect([route.operationId, answer.problem.code, answer.text]).toEqual([
        route.operationId,
        codeOf(kind, route),
        answer.text,
      ]);
    const { events = 1 } = kind;
    await allSealed();
    for (const { route, id } of asked)
      expect([
        route.operationId,
        eventsOf(id).map(({ operation, failureCode, details }) => [operation, failureCode, details?.['operationId']]),
      ]).toEqual([
        route.operationId,
        Array(events).fill([
          'access.denied',
          codeOf(kind, route),
          kind.isRouteless === true ? 'none' : route.operationId,
        ]),
      ]);
    if (kind.subject !== undefined)
      for (const { id } of asked) expect(eventsOf(id).map(({ userId }) => userId)).toEqual([kind.subject]);
  });

  it.each(
    Object.entries(kinds).filter(([, { isEarly, code }]) => isEarly === true || code === 'authentication-required'),
  )('of a stranger %s is not on record', async (_, kind) => {
    const forger = await makeIssuer(rig.issuer.issuer);
    const route = guarded.find(kind.applies ?? (() => true)) as Route;
    const { id, answer } = await ask(route, kind.attempt(route), forger);
    expect(answer.problem.code).toBe(codeOf(kind, route));
    await allSealed();
    expect(eventsOf(id)).toEqual([]);
  });

  it('beyond the quota are all on record, one by one or as a number of those that waited', async () => {
    const narrow = await rig.gateway({ quota: { requestsPerSecond: 0.001, burst: 1 } });
    const token = await rig.issuer.token({ sub: 'hurried' });
    const calls = Array.from({ length: 201 }, () => call(narrow, 'GET', '/api/v1/keys', { token }));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(200);
    const told = () =>
      rig.standIns.sealed
        .filter(({ userId, failureCode }) => userId === 'hurried' && failureCode === 'quota-exceeded')
        .map(({ details }) => Number(details?.['count'] ?? 1));
    await expect.poll(() => told().reduce((sum, count) => sum + count, 0)).toBe(200);
    await narrow.stop();
  });

  it('that is repeated with its Idempotency-Key is decided again and on record again', async () => {
    const token = await rig.issuer.token({ sub: 'again', ...asTenant(tenantA, 'tenant-admin') });
    const headers = { 'idempotency-key': crypto.randomUUID() };
    rig.standIns.answer('createKey', () => Promise.reject(new AnkaError('policy-refused')));
    const create = () => call(gateway, 'POST', '/api/v1/keys', { token, body: '{}', headers });
    expect([(await create()).status, (await create()).status]).toEqual([403, 403]);
    rig.standIns.answer('createKey');
    const told = () => rig.standIns.sealed.filter(({ userId }) => userId === 'again');
    const refusal = { operation: 'access.denied', failureCode: 'policy-refused' };
    await expect.poll(told).toHaveLength(2);
    expect(told()).toMatchObject([refusal, refusal]);
  });
});
