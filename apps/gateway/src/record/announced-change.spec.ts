import { randomUUID } from 'node:crypto';
import { HistoryWatch } from '@ankasecure/service-kit';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServiceAccount } from '../service-account/service-account.contract.js';
import { call } from '../testing/call.js';
import { type Gateway, ownIssuer, type Rig, startRig } from '../testing/rig.js';
import { asTenant, audience, makeIssuer, seconds, tenantA } from '../testing/token.js';

let rig: Rig;
let gateway: Gateway;
let other: Gateway;
let admin: string;
const sql = (text: string): Promise<unknown[]> => rig.postgres.query('ankadb_gateway', text);

beforeAll(async () => {
  rig = await startRig();
  rig.standIns.strict = true;
  rig.standIns.remembers = true;
  [gateway, other] = [await rig.gateway(), await rig.gateway()];
  admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });
  // The owner of the database answers every look at the epoch with the one that was.
  await sql(`CREATE FUNCTION lie() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
    CREATE TRIGGER lie BEFORE UPDATE ON identity_epoch FOR EACH ROW EXECUTE FUNCTION lie()`);
});
afterAll(() => rig.stop());
// The other gateway does not compare within the test: nothing but the announcement tells it.
beforeEach(() => {
  vi.spyOn(other.app.get(HistoryWatch), 'compare').mockResolvedValue();
});
afterEach(() => vi.restoreAllMocks());

/** Sends a request of the administrator. @returns the answered body */
const send = async (method: string, path: string, body?: object, headers = {}): Promise<{ id: string }> => {
  const sent = { token: admin, headers, ...(body && { body: JSON.stringify(body) }) };
  const answer = await call(gateway, method, `/api/v1${path}`, sent);
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.text === '' ? { id: '' } : (JSON.parse(answer.text) as { id: string });
};
const read = async (token: string, at: Gateway) => (await call(at, 'GET', '/api/v1/keys', { token })).status;

/** A caller who is let in, the record that the change is about, and the change that shuts the caller out. */
interface Caller {
  readonly token: string;
  readonly table: string;
  /** Finds the record before the change; null if the change makes it. */
  readonly row: string | null;
  readonly shutOut: () => Promise<unknown>;
}

const ofConfiguredIssuer = async (): Promise<Caller> => {
  const subject = `fired-${randomUUID()}`;
  return {
    token: await rig.issuer.token({ sub: subject, ...asTenant(tenantA, 'user') }),
    table: 'excluded_subject',
    row: null,
    shutOut: () => send('POST', '/exclusions', { issuer: rig.issuer.issuer, subject }),
  };
};
const ofTenantIssuer = async (): Promise<Caller> => {
  const maker = await makeIssuer(`https://${randomUUID()}.test`);
  const { id } = await send('POST', '/issuers', {
    issuer: maker.issuer,
    audience,
    algorithms: ['ES256'],
    keys: [maker.publicJwk],
    claims: { roles: 'roles' },
    subjectPrefix: `${randomUUID()}:`,
  });
  const token = await maker.token();
  return { token, table: 'issuer', row: `id = '${id}'`, shutOut: () => send('DELETE', `/issuers/${id}`) };
};
const ofAccount = async (shutOut: (account: ServiceAccount) => Promise<unknown>): Promise<Caller> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }];
  const account = (await send('POST', '/service-accounts', { name: 'x', roles: ['user'], keys })) as ServiceAccount;
  const claims = { iss: account.clientId, sub: account.clientId, aud: `${ownIssuer}/api/v1/oauth/token` };
  const assertion = await new SignJWT({ ...claims, jti: randomUUID(), exp: seconds(60) })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .sign(privateKey);
  const answer = await call(gateway, 'POST', '/api/v1/oauth/token', {
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
  return { token, table: 'service_account', row: `id = '${account.id}'`, shutOut: () => shutOut(account) };
};
const rolled = async ({ id, revision }: ServiceAccount): Promise<unknown> => {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'two', alg: 'ES256' }];
  const body = { name: 'x', roles: ['user'], groups: [], keys, certificates: [] };
  return send('PUT', `/service-accounts/${id}`, body, { 'if-match': `"${revision}"` });
};

const callers: Readonly<Record<string, () => Promise<Caller>>> = {
  'a subject is excluded': ofConfiguredIssuer,
  'an issuer is deleted': ofTenantIssuer,
  'a service account is deleted': () => ofAccount(({ id }) => send('DELETE', `/service-accounts/${id}`)),
  'a service account has other keys': () => ofAccount(rolled),
};
/** What the database shows of the change. */
const shown = ['nothing: the row is as it was', 'everything but the epoch'] as const;
const cases = Object.keys(callers).flatMap((change) => shown.map((what) => [change, what] as const));

describe('another gateway, whose database lies about the epoch', () => {
  it.each(cases)('turns the caller away within moments once %s, and the database shows %s', async (change, what) => {
    const { token, table, row, shutOut } = (await callers[change]?.()) as Caller;
    await expect.poll(() => read(token, other)).toBe(200);
    const where = row ?? 'false';
    await sql(`DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM ${table} WHERE ${where}`);
    await shutOut();
    if (what !== 'everything but the epoch')
      await sql(`DELETE FROM ${table} WHERE ${row ?? 'true'}; INSERT INTO ${table} SELECT * FROM kept`);
    await expect.poll(() => read(token, other)).not.toBe(200);
    // It stays so, and others are let in.
    expect(await read(token, other)).not.toBe(200);
    await expect.poll(() => read(admin, other)).toBe(200);
    if (row !== null) await sql(`DELETE FROM ${table} WHERE ${row}`);
  });
});
