import { AnkaError } from '@ankasecure/contracts';
import { Outbox } from '@ankasecure/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { policy } from '../policy/policy.example.js';
import { type CallAnswer, call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, makeIssuer, type TokenMaker, tenantA, tenantB } from '../testing/token.js';

let rig: Rig;
let gateway: Gateway;
let apart: TokenMaker;
/** Tokens of two administrators, and of one of the tenant that has reached every limit. */
let alice: string;
let bob: string;
let full: string;
/** Records that the refused changes would change. */
let issuerId: string;
let exclusionId: string;
let accountId: string;
let approvalId: string;

interface Sent {
  readonly body?: object;
  readonly ifMatch?: number;
  readonly token?: string;
}
const send = (method: string, path: string, { body, ifMatch, token = alice }: Sent = {}): Promise<CallAnswer> =>
  call(gateway, method, `/api/v1${path}`, {
    token,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(ifMatch !== undefined && { headers: { 'if-match': `"${ifMatch}"` } }),
  });
const made = async (answer: Promise<CallAnswer>, status = 201): Promise<string> => {
  const { text, ...rest } = await answer;
  expect(rest.status, text).toBe(status);
  return (JSON.parse(text) as { id: string }).id;
};
const adminOf = (sub: string, tenant = tenantA) => rig.issuer.token({ sub, ...asTenant(tenant, 'tenant-admin') });

const issuerOf = (more: object = {}) => ({
  issuer: apart.issuer,
  audience,
  algorithms: ['ES256'],
  keys: [apart.publicJwk],
  subjectPrefix: 'apart:',
  ...more,
});
const other = (more: object = {}) => issuerOf({ issuer: 'https://new.test', subjectPrefix: 'new:', ...more });
const shared = { subjectPrefix: '', sharesSubjects: true };
const excluded = (subject: string) => ({ issuer: 'https://elsewhere.test', subject });
const account = () => ({ name: 'batch', roles: ['user'], groups: [], keys: [apart.publicJwk], certificates: [] });

const requireTwo = () =>
  rig.standIns.answer('getPolicy', async () => ({
    head: { ok: true },
    body: Buffer.from(JSON.stringify({ ...policy, dualControl: ['destroy'] })),
  }));
const hidePolicy = () =>
  rig.standIns.answer('getPolicy', async () => {
    throw new AnkaError('service-unavailable');
  });
const fillOutbox = () => {
  vi.spyOn(gateway.app.get(Outbox), 'assertRoom').mockImplementation(() => {
    throw new AnkaError('audit-unavailable');
  });
};

/** Fills the tenant with records up to each limit. */
const fillTenant = async (): Promise<void> => {
  const fill = (table: string, columns: string, values: string, many: number) =>
    rig.postgres.query(
      'ankadb_gateway',
      `INSERT INTO ${table} (tenant_id, id, seal, record_revision, ${columns})
       SELECT '${tenantB}', gen_random_uuid(), sha256(''), 1, ${values} FROM generate_series(1, ${many}) n`,
    );
  const settings = 'issuer, audience, algorithms, claims, jwks_url, created_by, roles, subject_prefix, shares_subjects';
  const value = `'https://' || n, 'a', '{ES256}', '{"roles":"roles","groups":"groups"}', 'https://' || n, 'x', '{user}', n || ':', false`;
  await fill('issuer', settings, value, 20);
  await fill('excluded_subject', 'issuer, subject, created_by', `'https://elsewhere.test', n::text, 'x'`, 1000);
  await fill('service_account', 'name, roles, groups, keys, created_by', `n::text, '{user}', '{}', '[{}]', 'x'`, 1000);
  const requested = 'operation, request, requested_by, requested_by_issuer, expires_at';
  await fill('approval', requested, `'deleteKey', '{}', 'full', 'y', now() + interval '1 h'`, 50);
};

beforeAll(async () => {
  rig = await startRig();
  gateway = await rig.gateway();
  apart = await makeIssuer('https://apart.test');
  [alice, bob, full] = [await adminOf('alice'), await adminOf('bob'), await adminOf('full', tenantB)];
  issuerId = await made(send('POST', '/issuers', { body: issuerOf() }));
  exclusionId = await made(send('POST', '/exclusions', { body: excluded('mallory') }));
  accountId = await made(send('POST', '/service-accounts', { body: account() }));
  rig.standIns.answer('deleteKey', async ({ approval }) => {
    if (approval === undefined) throw new AnkaError('approval-required', undefined, { revision: 7 });
    return { head: { ok: true }, body: Buffer.from('{}') };
  });
  // A change of the issuer would end this person's request.
  const carol = await apart.token({ sub: 'carol', ...asTenant(tenantA, 'tenant-admin') });
  await made(send('DELETE', `/keys/${crypto.randomUUID()}?waitingDays=7`, { token: carol }), 202);
  approvalId = await made(send('DELETE', `/keys/${crypto.randomUUID()}?waitingDays=7`), 202);
  await fillTenant();
});
afterAll(() => rig.stop());
beforeEach(() => void rig.standIns.sealAsked.splice(0));
afterEach(() => {
  vi.restoreAllMocks();
  rig.standIns.answer('getPolicy');
});

type Refused = readonly [what: string, ask: () => Promise<CallAnswer>, status: number, hinder?: () => void];

const named = ([what, ask, status, hinder]: Refused) => ({ what, ask, status, hinder });

const renamed = () => ({ body: issuerOf({ subjectPrefix: 'renamed:' }), ifMatch: 1 });
const tokenOfFull = () => ({ token: full });

describe('a change that needs a second person', () => {
  const changes: readonly Refused[] = [
    ['a new issuer', () => send('POST', '/issuers', { body: other() }), 202],
    ['another prefix of an issuer', () => send('PUT', `/issuers/${issuerId}`, renamed()), 202],
    ['the deletion of an issuer', () => send('DELETE', `/issuers/${issuerId}`), 202],
    ['the readmission of a subject', () => send('DELETE', `/exclusions/${exclusionId}`), 202],
  ];

  it.each(changes.map(named))('seals its request for approval and nothing else: $what', async ({ ask, status }) => {
    requireTwo();
    const { status: answered, text } = await ask();
    expect(answered, text).toBe(status);
    expect(rig.standIns.sealAsked).toEqual(['approval']);
  });
});

describe('a refused change', () => {
  const overlapping: readonly Refused[] = [
    ['a new issuer of the same people', () => send('POST', '/issuers', { body: other(shared) }), 409, requireTwo],
    [
      'an issuer that gets the same people',
      () => send('PUT', `/issuers/${issuerId}`, { body: issuerOf(shared), ifMatch: 1 }),
      409,
      requireTwo,
    ],
    ['a new issuer without a policy', () => send('POST', '/issuers', { body: other() }), 503, hidePolicy],
    ['a changed issuer without a policy', () => send('PUT', `/issuers/${issuerId}`, renamed()), 503, hidePolicy],
    ['a deleted issuer without a policy', () => send('DELETE', `/issuers/${issuerId}`), 503, hidePolicy],
    ['a readmission without a policy', () => send('DELETE', `/exclusions/${exclusionId}`), 503, hidePolicy],
  ];
  const taken: readonly Refused[] = [
    ['an issuer that exists', () => send('POST', '/issuers', { body: issuerOf() }), 409],
    ['a prefix that is taken', () => send('POST', '/issuers', { body: other({ subjectPrefix: 'apart:' }) }), 409],
  ];
  const stale: readonly Refused[] = [
    ['an issuer', () => send('PUT', `/issuers/${issuerId}`, { ...renamed(), ifMatch: 9 }), 412],
    ['the deletion of an issuer', () => send('DELETE', `/issuers/${issuerId}`, { ifMatch: 9 }), 412],
    ['an account', () => send('PUT', `/service-accounts/${accountId}`, { body: account(), ifMatch: 9 }), 412],
    ['the deletion of an account', () => send('DELETE', `/service-accounts/${accountId}`, { ifMatch: 9 }), 412],
  ];
  const above: readonly Refused[] = [
    ['issuers', () => send('POST', '/issuers', { body: other(), ...tokenOfFull() }), 400],
    ['exclusions', () => send('POST', '/exclusions', { body: excluded('one more'), ...tokenOfFull() }), 400],
    ['accounts', () => send('POST', '/service-accounts', { body: account(), ...tokenOfFull() }), 400],
    ['requests for approval', () => send('DELETE', `/keys/${crypto.randomUUID()}?waitingDays=7`, tokenOfFull()), 429],
  ];
  const undecidable: readonly Refused[] = [
    ['approved by its requester', () => send('POST', `/approvals/${approvalId}/approve`), 403],
    ['rejected by its requester', () => send('POST', `/approvals/${approvalId}/reject`), 403],
    ['withdrawn by another person', () => send('DELETE', `/approvals/${approvalId}`, { token: bob }), 403],
  ];
  const unrecorded: readonly Refused[] = [
    ['an issuer', () => send('POST', '/issuers', { body: other() }), 503, fillOutbox],
    ['an exclusion', () => send('POST', '/exclusions', { body: excluded('eve') }), 503, fillOutbox],
    ['an account', () => send('POST', '/service-accounts', { body: account() }), 503, fillOutbox],
    ['a decision', () => send('POST', `/approvals/${approvalId}/approve`, { token: bob }), 503, fillOutbox],
    [
      'a request for approval',
      () => send('DELETE', `/keys/${crypto.randomUUID()}?waitingDays=7`, { token: bob }),
      503,
      fillOutbox,
    ],
  ];

  const all: readonly Refused[] = [
    ...overlapping,
    ...taken,
    ...stale.map(([what, ...rest]): Refused => [`another revision of ${what}`, ...rest]),
    ...above.map(([what, ...rest]): Refused => [`more ${what} than a tenant or person may have`, ...rest]),
    ...undecidable.map(([what, ...rest]): Refused => [`a request ${what}`, ...rest]),
    ...unrecorded.map(([what, ...rest]): Refused => [`${what} without room in the outbox`, ...rest]),
  ];

  it.each(all.map(named))('asks for no seal: $what', async ({ ask, status, hinder }) => {
    hinder?.();
    const { status: answered, text } = await ask();
    expect(answered, text).toBe(status);
    expect(rig.standIns.sealAsked).toEqual([]);
  });

  it('asks for one when it is allowed', async () => {
    expect((await send('POST', `/approvals/${approvalId}/approve`, { token: bob })).status).toBe(200);
    await made(send('POST', '/issuers', { body: other() }));
    expect(new Set(rig.standIns.sealAsked)).toEqual(new Set(['approval', 'issuer']));
  });
});
