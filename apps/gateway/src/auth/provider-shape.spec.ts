import { Clock } from '@ankasecure/service-kit';
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { audience, seconds, tenantA } from '../testing/token.js';
import { audienceClaims } from './claim.js';
import { principalOf } from './configured-issuers.js';
import { type IdentityConfig, identityConfig } from './identity.config.js';
import { TokenVerifier } from './token-verifier.js';

/** Access tokens as the providers' documentation shows them, and the settings that read them. */
interface Shape {
  readonly issuer: string;
  readonly settings: object;
  readonly header: Partial<JWTHeaderParameters>;
  readonly claims: Record<string, unknown>;
  readonly subject: string;
  readonly groups?: readonly string[];
}

const issued = { iat: seconds(-5), exp: seconds(295) };

const shapes: Readonly<Record<string, Shape>> = {
  Keycloak: {
    issuer: 'https://login.example/realms/acme',
    settings: { claims: { tenant: 'anka_tenant', roles: 'realm_access.roles', groups: 'groups' } },
    header: { typ: 'JWT' },
    claims: {
      ...issued,
      auth_time: issued.iat,
      jti: 'onrtac:0b1c7f1e-8f9b-4a52-9f4e-9a31c2f6a111',
      aud: [audience, 'account'],
      sub: 'f3c5d0a2-3d51-4f25-9a4a-6d3b0b6b5f10',
      typ: 'Bearer',
      azp: 'console',
      sid: '2f3c',
      acr: '1',
      'allowed-origins': ['https://console.example'],
      realm_access: { roles: ['offline_access', 'default-roles-acme', 'user'] },
      resource_access: { account: { roles: ['manage-account'] } },
      scope: 'openid profile email',
      preferred_username: 'alice',
      groups: ['/signers'],
      anka_tenant: tenantA,
    },
    subject: 'f3c5d0a2-3d51-4f25-9a4a-6d3b0b6b5f10',
    groups: ['/signers'],
  },
  'Keycloak, roles of a client': {
    issuer: 'https://login.example/realms/acme',
    settings: { claims: { tenant: 'anka.tenant', roles: 'resource_access.anka.api.roles' } },
    header: { typ: 'JWT' },
    claims: {
      ...issued,
      aud: audience,
      sub: 'alice',
      resource_access: { 'anka.api': { roles: ['user'] } },
      anka: { tenant: tenantA },
    },
    subject: 'alice',
  },
  Auth0: {
    issuer: 'https://acme.eu.auth0.com/',
    settings: {
      claims: { tenant: 'https://anka.example/tenant', roles: 'https://anka.example/roles', groups: 'permissions' },
    },
    header: { typ: 'JWT' },
    claims: {
      ...issued,
      aud: [audience, 'https://acme.eu.auth0.com/userinfo'],
      sub: 'auth0|507f1f77bcf86cd799439020',
      azp: 'my_client_id',
      scope: 'openid profile read:keys',
      permissions: ['read:keys'],
      'https://anka.example/tenant': tenantA,
      'https://anka.example/roles': ['user'],
    },
    subject: 'auth0|507f1f77bcf86cd799439020',
    groups: ['read:keys'],
  },
  'Microsoft Entra ID': {
    issuer: 'https://login.microsoftonline.com/01939f2e-0000-7000-8000-000000000001/v2.0',
    settings: { claims: { tenant: 'extn.ankaTenant', roles: 'roles' } },
    header: { typ: 'JWT' },
    claims: {
      ...issued,
      nbf: issued.iat,
      aud: audience,
      aio: 'AXQAi/8IAAAA',
      azp: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      azpacr: '0',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      rh: '0.AAAA',
      roles: ['user'],
      scp: 'access_as_user',
      sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      tid: '01939f2e-0000-7000-8000-000000000001',
      uti: 'fqiBqXLPj0eQa82S-IYFAA',
      ver: '2.0',
      extn: { ankaTenant: tenantA },
    },
    subject: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  },
  Okta: {
    issuer: 'https://acme.okta.com/oauth2/default',
    settings: { claims: { tenant: 'ankaTenant', roles: 'scp', groups: 'groups' } },
    header: {},
    claims: {
      ...issued,
      ver: 1,
      jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
      aud: audience,
      cid: '0oa8sofkjTWH1EoEi0h7',
      uid: '00ub0oNGTSWTBKOLGLNR',
      scp: ['openid', 'user'],
      sub: 'alice@acme.example',
      groups: ['Everyone', 'signers'],
      ankaTenant: tenantA,
    },
    subject: 'alice@acme.example',
    groups: ['Everyone', 'signers'],
  },
  'Microsoft Entra ID, version 1 for an application': {
    issuer: 'https://sts.windows.net/01939f2e-0000-7000-8000-000000000001/',
    settings: { claims: { tenant: 'extn.ankaTenant', roles: 'roles' } },
    header: { typ: 'JWT', x5t: 'k1' },
    claims: {
      ...issued,
      nbf: issued.iat,
      aud: audience,
      aio: 'E2ZgYDj6',
      appid: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      appidacr: '1',
      idp: 'https://sts.windows.net/01939f2e-0000-7000-8000-000000000001/',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      roles: ['user', 'Directory.Read.All'],
      sub: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      tid: '01939f2e-0000-7000-8000-000000000001',
      ver: '1.0',
      extn: { ankaTenant: tenantA },
    },
    subject: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
  },
  'Amazon Cognito': {
    issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_A1b2C3d4E',
    settings: {
      claims: { tenant: 'anka_tenant', roles: 'cognito:groups', groups: 'cognito:groups', audience: 'client_id' },
    },
    header: {},
    claims: {
      ...issued,
      sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      'cognito:groups': ['user'],
      version: 2,
      client_id: audience,
      origin_jti: 'a1b2',
      event_id: 'c3d4',
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      auth_time: issued.iat,
      jti: 'e5f6',
      username: 'alice',
      anka_tenant: tenantA,
    },
    subject: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    groups: ['user'],
  },
  'Google Identity Platform': {
    issuer: 'https://securetoken.google.com/acme-project',
    settings: { claims: { tenant: 'anka.tenant', roles: 'anka.roles' } },
    header: { typ: 'JWT' },
    claims: {
      ...issued,
      aud: audience,
      auth_time: issued.iat,
      user_id: 'h2vQk8',
      sub: 'h2vQk8',
      email: 'alice@acme.example',
      email_verified: true,
      firebase: { identities: { email: ['alice@acme.example'] }, sign_in_provider: 'password' },
      anka: { tenant: tenantA, roles: 'user' },
    },
    subject: 'h2vQk8',
  },
  'RFC 9068, roles in scope': {
    issuer: 'https://authorization-server.example/',
    settings: { claims: { tenant: 'tenant', roles: 'scope', required: ['iat', 'jti', 'client_id'] } },
    header: { typ: 'at+jwt' },
    claims: {
      ...issued,
      aud: audience,
      sub: '5ba552d67',
      client_id: 's6BhdRkqt3',
      jti: 'dbe39bf3a3ba4238a513f51d6e1691c4',
      scope: 'openid profile user',
      tenant: tenantA,
    },
    subject: '5ba552d67',
  },
};

/** A provider's key set: the key that signs, a key for encryption under the same kid, and what else such sets hold. */
const keySet = async (signing: JWK): Promise<JWK[]> => {
  const { publicKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true });
  const encryption = await exportJWK(publicKey);
  return [
    { ...encryption, kid: 'k1', use: 'enc', alg: 'RSA-OAEP', x5c: ['MIIB'] },
    { ...encryption, kid: 'k1', key_ops: ['encrypt'] },
    { kty: 'EC', crv: 'P-999', kid: 'k1', x: 'AA', y: 'AA', use: 'sig' },
    { ...signing, kid: 'k1', use: 'sig', x5c: ['MIIB'], x5t: 'AAAA', issuer: 'https://login.example' } as JWK,
  ];
};

describe('a token of', () => {
  const verifierOf = (shape: Shape, keys: JWK[]) => {
    const config = identityConfig.parse({
      issuers: [{ issuer: shape.issuer, audience, jwksFile: '/none', algorithms: ['RS256'], ...shape.settings }],
    });
    const [row] = config.issuers as [IdentityConfig['issuers'][number]];
    const source = {
      find: () => ({
        ...row,
        audienceClaim: row.claims.audience,
        keys: createLocalJWKSet({ keys }),
        required: row.claims.required,
        read: (payload: JWTPayload) => ({ principal: principalOf(payload, row, () => true) }),
      }),
    };
    return new TokenVerifier({ sources: [source] }, config, new Clock({ maximumSkewMs: 2_000 }));
  };

  it.each(Object.entries(shapes))('%s names its tenant, its subject and its roles', async (_, shape) => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const verifier = verifierOf(shape, await keySet(await exportJWK(publicKey)));
    const sign = (claims: object, header: object = {}) =>
      new SignJWT({ iss: shape.issuer, ...shape.claims, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...shape.header, ...header })
        .sign(privateKey);
    const { principal } = await verifier.verify(await sign({}), new Date());
    expect(principal).toEqual({
      tenantId: tenantA,
      issuer: shape.issuer,
      subject: shape.subject,
      roles: ['user'],
      groups: shape.groups ?? [],
    });
    await expect(verifier.verify(await sign({ nbf: seconds(120) }), new Date())).rejects.toThrow(/nbf/);
    await expect(verifier.verify(await sign({ exp: undefined }), new Date())).rejects.toThrow(/exp/);
    await expect(verifier.verify(await sign({}, { kid: 'k2' }), new Date())).rejects.toThrow(/no applicable key/);
  });

  const audiences = audienceClaims.flatMap((claim) => [
    { claim, claims: { aud: undefined, [claim]: audience }, ok: true },
    { claim, claims: { aud: undefined, [claim]: 'another' }, ok: false },
    { claim, claims: { aud: undefined }, ok: false },
    { claim, claims: { aud: undefined, [claim]: '' }, ok: false },
    ...audienceClaims
      .filter((other) => other !== claim)
      .map((other) => ({ claim, claims: { aud: undefined, [other]: audience }, ok: false })),
  ]);
  it.each(audiences)('an issuer whose audience is in $claim is accepted with $claims: $ok', async (row) => {
    const shape = shapes['Amazon Cognito'] as Shape;
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const settings = { claims: { tenant: 'anka_tenant', roles: 'cognito:groups', audience: row.claim } };
    const verifier = verifierOf({ ...shape, settings }, await keySet(await exportJWK(publicKey)));
    const claims = { iss: shape.issuer, ...shape.claims, client_id: undefined, ...row.claims } as Shape['claims'];
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey);
    const verified = verifier.verify(token, new Date());
    if (row.ok) expect((await verified).principal.roles).toEqual(['user']);
    else await expect(verified).rejects.toMatchObject({ caller: { tenantId: tenantA }, message: /\bclaim\b/ });
  });

  it.each([
    ...[undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'application/jwt'].map((typ) => ({
      typ,
      ok: true,
    })),
    ...['dpop+jwt', 'logout+jwt', 'secevent+jwt', 'id+jwt', 'JWS', ''].map((typ) => ({ typ, ok: false })),
  ])('the typ $typ is accepted: $ok', async ({ typ, ok }) => {
    const shape = shapes['Keycloak'] as Shape;
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const verifier = verifierOf(shape, await keySet(await exportJWK(publicKey)));
    const token = await new SignJWT({ iss: shape.issuer, ...shape.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...(typ !== undefined && { typ }) })
      .sign(privateKey);
    const verified = verifier.verify(token, new Date()).then(
      () => true,
      () => false,
    );
    expect(await verified).toBe(ok);
  });

  it('an issuer or tenant that nobody named is refused for both reasons it can have', async () => {
    const shape = Object.values(shapes)[0] as Shape;
    const config = identityConfig.parse({
      issuers: [{ issuer: shape.issuer, audience, jwksFile: '/none', algorithms: ['RS256'], ...shape.settings }],
    });
    const verifier = new TokenVerifier(
      { sources: [{ find: () => undefined }] },
      config,
      new Clock({ maximumSkewMs: 2_000 }),
    );
    const { privateKey } = await generateKeyPair('RS256');
    const token = await new SignJWT({ iss: shape.issuer, ...shape.claims })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey);
    await expect(verifier.verify(token, new Date())).rejects.toThrow(/claim iss.*tenant claim/);
  });

  it.each(['iat', 'jti', 'client_id'])('an issuer that must send %s is refused without it', async (claim) => {
    const shape = shapes['RFC 9068, roles in scope'] as Shape;
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const verifier = verifierOf(shape, await keySet(await exportJWK(publicKey)));
    const token = await new SignJWT({ iss: shape.issuer, nbf: seconds(-1), ...shape.claims, [claim]: undefined })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .sign(privateKey);
    await expect(verifier.verify(token, new Date())).rejects.toThrow(new RegExp(`"${claim}"`));
  });
});
