import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { dirname, join } from 'node:path';
import { callHttps, type HttpsAnswer, makeIdentity, type TlsIdentity } from '@ankasecure/testing';
import { tokenPath } from '../access-token/client-authentication.js';
import { thumbprintOf } from '../http/client-certificate.js';
import type { ServiceAccount } from '../service-account/service-account.contract.js';
import { type CallAnswer, call } from './call.js';
import { type Gateway, type Rig, startRig } from './rig.js';
import { asTenant, tenantA } from './token.js';

/** A request, and the TLS options of its connection. */
export interface TlsRequest extends RequestOptions {
  /** The client's certificate and key. */
  readonly identity?: TlsIdentity | undefined;
  readonly token?: string;
  readonly form?: Readonly<Record<string, string>>;
}

/** Gateways, and clients that connect over TLS, with or without certificates. */
export interface TlsRig {
  readonly rig: Rig;
  /** A gateway that ends TLS and requests client certificates. */
  readonly gateway: Gateway;
  /** A gateway that serves plain HTTP. */
  readonly plain: Gateway;
  /** The authority of `gateway`'s certificate. */
  readonly ca: Buffer;
  /** A token of an administrator of tenant A. */
  readonly admin: string;
  /** Starts another gateway that ends TLS. */
  another(clientCertificates: boolean): Promise<Gateway>;
  send(path: string, request: TlsRequest, at?: Gateway): Promise<HttpsAnswer>;
  /** Sends a request that needs a token. */
  read(token: string, request?: TlsRequest, at?: Gateway): Promise<HttpsAnswer>;
  askToken(clientId: string, request?: TlsRequest): Promise<HttpsAnswer>;
  create(body: object, token?: string): Promise<CallAnswer>;
  /** Creates an account that has the certificate and no key. */
  newAccount(identity: TlsIdentity, token?: string): Promise<ServiceAccount>;
  remove(account: ServiceAccount): Promise<CallAnswer>;
}

export const derOf = ({ cert }: TlsIdentity): Buffer => new X509Certificate(cert).raw;

/** The `cnf` claim of a token that is bound to the certificate. */
export const boundTo = (identity: TlsIdentity) => ({ 'x5t#S256': thumbprintOf(derOf(identity)) });

export const grantFor = (client_id: string) => ({ grant_type: 'client_credentials', client_id });

export const accountIn = ({ text }: Pick<CallAnswer, 'text'>): ServiceAccount => JSON.parse(text) as ServiceAccount;

export const tokenIn = ({ text }: Pick<HttpsAnswer, 'text'>): string =>
  (JSON.parse(text) as { access_token: string }).access_token;

/** The client of most tests, and a client with an unknown certificate. */
export const makeClients = async () => ({
  client: await makeIdentity({ subject: '/O=Acme/CN=payments' }),
  stranger: await makeIdentity(),
});

/** Starts gateways that end TLS with the certificate of the rig's nats-server. */
const tlsGatewayOf =
  (rig: Rig): TlsRig['another'] =>
  (clientCertificates) => {
    const file = (name: string): string => join(dirname(rig.nats.caFile), name);
    return rig.gateway({
      http: { tls: { certFile: file('server.pem'), keyFile: file('server-key.pem'), clientCertificates } },
    });
  };

const sendTo =
  (gateway: Gateway, ca: Buffer): TlsRig['send'] =>
  (path, { identity, token, form, ...tls }, at = gateway) => {
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const options = { ca, ...identity, method: form === undefined ? 'GET' : 'POST', headers, ...tls };
    return callHttps(`https://127.0.0.1:${at.port}${path}`, options, form && new URLSearchParams(form).toString());
  };

const createIn =
  (gateway: Gateway, admin: string): TlsRig['create'] =>
  (body, token = admin) =>
    call(gateway, 'POST', '/api/v1/service-accounts', {
      token,
      body: JSON.stringify({ name: 'payments', roles: ['user'], ...body }),
    });

export const startTlsRig = async (): Promise<TlsRig> => {
  const rig = await startRig();
  const ca = readFileSync(rig.nats.caFile);
  const another = tlsGatewayOf(rig);
  const [plain, gateway] = [await rig.gateway(), await another(true)];
  const admin = await rig.issuer.token({ sub: 'admin', ...asTenant(tenantA, 'tenant-admin') });
  const send = sendTo(gateway, ca);
  const create = createIn(plain, admin);
  return {
    rig,
    gateway,
    plain,
    ca,
    admin,
    another,
    send,
    read: (token, request, at) => send('/api/v1/keys', { ...request, token }, at),
    askToken: (clientId, request) => send(tokenPath, { ...request, form: grantFor(clientId) }),
    create,
    newAccount: async ({ cert }, token) => accountIn(await create({ certificates: [cert] }, token)),
    remove: ({ id }) => call(plain, 'DELETE', `/api/v1/service-accounts/${id}`, { token: admin }),
  };
};
