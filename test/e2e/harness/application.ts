import { randomUUID } from 'node:crypto';
import type { Role } from '@ankasecure/local';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type Client, clientOf } from './client.js';
import type { Rig } from './rig.js';
import type { Tenant } from './tenant.js';

interface AssertionParts {
  readonly kid?: string;
  readonly clientId?: string;
}

/** An application with its own service account. Its private key never leaves this process. */
export interface Application {
  readonly id: string;
  readonly clientId: string;
  /** The answer of the token endpoint to a fresh assertion, or to one that names another key or client. */
  askToken(claimed?: AssertionParts, fields?: Readonly<Record<string, string>>): Promise<Response>;
  /** The API with a fresh token. */
  client(): Promise<Client>;
}

export const newApplication = async (rig: Rig, tenant: Tenant, roles: readonly Role[]): Promise<Application> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'first', alg: 'ES256' };
  const account = { name: 'an application', roles, keys: [jwk] };
  const { id, clientId } = await tenant.admin.post<{ id: string; clientId: string }>('/service-accounts', account);
  const endpoint = `${rig.baseUrl}/api/v1/oauth/token`;
  const askToken: Application['askToken'] = async (claimed = {}, fields = {}) => {
    const named = { kid: 'first', clientId, ...claimed };
    const assertion = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: named.kid })
      .setIssuer(named.clientId)
      .setSubject(named.clientId)
      .setAudience(endpoint)
      .setExpirationTime('1m')
      .sign(privateKey);
    return fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        ...fields,
      }),
    });
  };
  const client = async (): Promise<Client> => {
    const { access_token: token } = (await (await askToken()).json()) as { access_token: string };
    return clientOf(rig.baseUrl, token);
  };
  return { id, clientId, askToken, client };
};
