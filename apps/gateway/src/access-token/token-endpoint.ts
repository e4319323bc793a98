import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import { IdentityConfig } from '../auth/identity.config.js';
import { clientCertificateOf } from '../http/client-certificate.js';
import { HttpConfig } from '../http/http.config.js';
import { RequestMeter } from '../http/request-meter.js';
import { forStranger } from '../identity/origin.js';
import { conditionOf } from '../route/precondition.js';
import { type Claim, tokenPath } from './client-authentication.js';
import { OAuthError } from './oauth-error.js';
import { TokenRequests } from './token-requests.js';

const formType = 'application/x-www-form-urlencoded';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The limit of a form in bytes. An assertion has some hundreds of bytes, with ML-DSA some thousands. */
const formLimit = 16 * 1024;

/** The form's fields. Each occurs once (RFC 6749 §3.2). */
const fieldsOf = (body: unknown): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(typeof body === 'string' ? body : '')) {
    if (fields.has(name)) throw new OAuthError('invalid_request', `${name} is sent more than once`);
    fields.set(name, value);
  }
  return fields;
};

const clientOf = (assertion: string, named: string | undefined): string => {
  let sub: unknown;
  try {
    sub = decodeJwt(assertion).sub;
  } catch (cause) {
    throw new OAuthError('invalid_request', 'client_assertion is not a JWT', { cause });
  }
  if (named !== undefined && named !== sub)
    throw new OAuthError('invalid_request', 'client_id does not match the assertion');
  return String(sub);
};

/** Reads the client's claim from a form. Without an assertion, the connection's certificate must prove it. */
const readForm = (body: unknown): Pick<Claim, 'clientId' | 'assertion'> => {
  const fields = fieldsOf(body);
  // A parameter without a value counts as omitted (RFC 6749 §3.2).
  if ((fields.get('grant_type') ?? '') === '')
    throw new OAuthError('invalid_request', 'send grant_type=client_credentials');
  if (fields.get('grant_type') !== 'client_credentials')
    throw new OAuthError('unsupported_grant_type', 'grant_type must be client_credentials');
  const [type, assertion, clientId] = ['client_assertion_type', 'client_assertion', 'client_id'].map((name) =>
    fields.get(name),
  );
  if (type === undefined && assertion === undefined && clientId !== undefined) return { clientId };
  if (type !== assertionType || assertion === undefined)
    throw new OAuthError(
      'invalid_request',
      `send client_assertion and client_assertion_type=${assertionType}, or client_id and a client certificate`,
    );
  return { assertion, clientId: clientOf(assertion, clientId) };
};

/** No client has a secret here, so this depends on nobody's account. */
const noSecret =
  'This server has no client secrets: send client_assertion and client_assertion_type, or client_id on a connection with a client certificate';

/** @throws OAuthError `invalid_client` for a client that authenticates by a secret, whichever way it sends it (RFC 6749 §2.3.1, §5.2) */
const refuseSecret = ({ authorization }: FastifyRequest['headers'], body: unknown): void => {
  if (/^Basic\b/i.test(authorization ?? ''))
    throw new OAuthError('invalid_client', noSecret, { challenge: 'Basic realm="ankasecure"' });
  if (fieldsOf(body).has('client_secret')) throw new OAuthError('invalid_client', noSecret);
};

/** @throws OAuthError `invalid_request` if the gateway accepts no client certificates: that is not the client's error */
const readRequest = (
  { body, raw, id, clientAddress, headers }: FastifyRequest,
  asksForCertificates: boolean,
): Claim => {
  refuseSecret(headers, body);
  const claim = { ...readForm(body), correlationId: id, clientAddress };
  if (claim.assertion !== undefined) return claim;
  if (!asksForCertificates)
    throw new OAuthError(
      'invalid_request',
      'This gateway does not accept client certificates: send a client_assertion, or set ankasecure.http.tls.client-certificates',
    );
  return { ...claim, certificate: clientCertificateOf(raw.socket) };
};

/** The proof in a form that is otherwise wrong, or undefined if it has none. */
const proofIn = ({ body, raw, id, clientAddress }: FastifyRequest): Claim | undefined => {
  const fields = new URLSearchParams(typeof body === 'string' ? body : '');
  const claim = { correlationId: id, clientAddress };
  const [assertion, clientId] = [fields.get('client_assertion'), fields.get('client_id')];
  if (assertion !== null) return { ...claim, assertion, clientId: subjectOf(assertion) };
  return clientId === null ? undefined : { ...claim, clientId, certificate: clientCertificateOf(raw.socket) };
};

const subjectOf = (assertion: string): string => {
  try {
    return String(decodeJwt(assertion).sub);
  } catch {
    return '';
  }
};

const refuse = (reply: FastifyReply, { status, code, description, challenge }: OAuthError): FastifyReply =>
  reply
    .code(status)
    .headers(challenge === undefined ? {} : { 'www-authenticate': challenge })
    .type('application/json')
    .send(JSON.stringify({ error: code, error_description: description }));

/** Serves `POST /oauth/token` (RFC 6749 §4.4, RFC 7521 §4.2, RFC 8705 §2.2). Only this endpoint takes forms. It exists if service accounts are configured. */
@Injectable()
export class TokenEndpoint implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly requests: TokenRequests,
    private readonly meter: RequestMeter,
    private readonly identity: IdentityConfig,
    private readonly http: HttpConfig,
  ) {}

  onModuleInit(): void {
    if (this.identity.serviceAccounts === undefined) return;
    void this.host.httpAdapter.getInstance<FastifyInstance>().register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(formType, { parseAs: 'string', bodyLimit: formLimit }, (_, body, done) =>
        done(null, body),
      );
      scope.post(tokenPath, {
        handler: (request, reply) => this.answer(request, reply),
        onResponse: (_, reply, done) => {
          this.meter.record('issueToken', reply);
          done();
        },
      });
    });
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const claim = await this.read(request);
      const issued = await forStranger(request.sender, () => this.requests.answer(claim));
      return await reply.type('application/json').send(JSON.stringify(issued));
    } catch (error) {
      if (error instanceof OAuthError) return refuse(reply, error);
      throw error;
    }
  }

  /** @throws AnkaError, OAuthError for a wrong form. The refusal of an account that proves itself is on record */
  private async read(request: FastifyRequest): Promise<Claim> {
    try {
      conditionOf({ method: 'POST' }, request.headers);
      return readRequest(request, this.http.tls?.clientCertificates === true);
    } catch (error) {
      const proof = proofIn(request);
      if (proof !== undefined) await forStranger(request.sender, () => this.requests.malformed(proof, error));
      throw error;
    }
  }
}
