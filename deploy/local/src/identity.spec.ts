import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, expect, it } from 'vitest';
import { audience, issuer, openIssuer } from './identity.js';

const directory = mkdtempSync(join(tmpdir(), 'anka-identity-'));
afterAll(() => rmSync(directory, { recursive: true }));

const tenantId = '0190a5b0-0000-7000-8000-000000000001';

it('mints tokens that its JWKS verifies, in this run and the next', async () => {
  const token = await (await openIssuer(directory)).mint({ tenantId, subject: 'somebody', roles: ['user', 'auditor'] });
  const { jwksFile } = await openIssuer(directory);
  const keys = createLocalJWKSet(JSON.parse(readFileSync(jwksFile, 'utf8')) as JSONWebKeySet);
  const required = { issuer, audience, algorithms: ['ES256'], requiredClaims: ['exp', 'nbf', 'sub'] };
  const { payload } = await jwtVerify(token, keys, required);
  expect(payload).toMatchObject({ sub: 'somebody', tenant: tenantId, roles: ['user', 'auditor'] });
});

it('publishes no private key, and hides its own from other users', () => {
  const { keys } = JSON.parse(readFileSync(join(directory, 'jwks.json'), 'utf8')) as JSONWebKeySet;
  expect(keys).toHaveLength(1);
  expect(keys[0]).not.toHaveProperty('d');
  expect(statSync(join(directory, 'issuer-key.json')).mode & 0o777).toBe(0o600);
});
