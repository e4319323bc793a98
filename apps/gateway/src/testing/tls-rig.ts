import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { dirname, join } from 'node:path';
import { callHttps, type HttpsAnswer, makeIdentity, type TlsIdentity } from '@ankasecure/testing';
import { tokenPath } from '../access-token/client-authentication.js';
import { thumbprintOf } from '../http/client-certificate.js';
import type { ServiceAccount } from '../service-account/service-account.contract.js';
import { type Called, call } from './call.js';
import { type Gateway, type Rig, startRig } from './rig.js';
import { asTenant, tenantA } from './token.js';

/** A request, and how the TLS of its connection is made. */
export interface Sending extends RequestOptions {
  /** The client's. */
  readonly identity?: TlsIdentity | undefined;
  readonly token?: string;
  readonly form?: Readonly<Record<string, string>>;
}

/** Gateways, and clients that come to them over TLS, with certificates or without. */
export interface TlsRig {
  readonly rig: Rig;
  /** Ends TLS, and asks clients for certificates. */
  readonly gateway: Gateway;
  /** Speaks plain HTTP. */
  readonly plain: Gateway;
  /** Of `gateway`'s certificate. */
  readonly ca: Buffer;
  /** Of an administrator of tenant A. */
  readonly admin: string;
  /** One more that ends TLS. */
  another(clientCertificates: boolean): Promise<Gateway>;
  send(path: string, sending: Sending, at?: Gateway): Promise<HttpsAnswer>;
  /** Something that needs a token. */
  read(token: string, sending?: Sending, at?: Gateway): Promise<HttpsAnswer>;
  askToken(clientId: string, sending?: Sending): Promise<HttpsAnswer>;
  create(body: object, token?: string): Promise<Called>;
  /** An account whose one proof is the certificate. */
  newAccount(identity: TlsIdentity, token?: string): Promise<ServiceAccount>;
  remove(account: ServiceAccount): Promise<Called>;
}

export const derOf = ({ cert }: TlsIdentity): Buffer => new X509Certificate(cert).raw;

/** `cnf` of a token that is bound to the certificate. */
export const boundTo = (identity: TlsIdentity) => ({ 'x5t#S256': thumbprintOf(derOf(identity)) });

export const grantFor = (client_id: string) => ({ grant_type: 'client_credentials', client_id });

export const accountIn = ({ text }: Pick<Called, 'text'>): ServiceAccount => JSON.parse(text) as ServiceAccount;

export const tokenIn = ({ text }: Pick<HttpsAnswer, 'text'>): string =>
  (JSON.parse(text) as { access_token: string }).access_token;

/** `client`, which is asked for most, and a stranger. */
export const makeClients = async () => ({
  client: await makeIdentity({ subject: '/O=Acme/CN=payments' }),
  stranger: await makeIdentity(),
});

export const startTlsRig = async (): Promise<TlsRig> => {
  const rig = await startRig();
  const { caFile } = rig.nats;
  const ca = readFileSync(caFile);
  const another: TlsRig['another'] = (clientCertificates) => {
    const file = (name: string): string => join(dirname(caFile), name);
    return rig.gateway({
      http: { tls: { certFile: file('server.pem'), keyFile: file('server-key.pem'), clientCertificates } },
    });
  };
  const [plain, gateway] = [await rig.gateway(), await another(true)];
  const admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });

  const send: TlsRig['send'] = (path, { identity, token, form, ...tls }, at = gateway) => {
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const options = { ca, ...identity, method: form === undefined ? 'GET' : 'POST', headers, ...tls };
    return callHttps(`https://127.0.0.1:${at.port}${path}`, options, form && new URLSearchParams(form).toString());
  };
  const create: TlsRig['create'] = (body, token = admin) =>
    call(plain, 'POST', '/api/v1/service-accounts', {
      token,
      body: JSON.stringify({ name: 'payments', roles: ['user'], ...body }),
    });
  return {
    rig,
    gateway,
    plain,
    ca,
    admin,
    another,
    send,
    read: (token, sending, at) => send('/api/v1/keys', { ...sending, token }, at),
    askToken: (clientId, sending) => send(tokenPath, { ...sending, form: grantFor(clientId) }),
    create,
    newAccount: async ({ cert }, token) => accountIn(await create({ certificates: [cert] }, token)),
    remove: ({ id }) => call(plain, 'DELETE', `/api/v1/service-accounts/${id}`, { token: admin }),
  };
};
