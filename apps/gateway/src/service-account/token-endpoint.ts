import { AnkaError } from '@ankasecure/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import { clientCertificateOf } from '../http/client-certificate.js';
import type { RequestMeter } from '../http/request-meter.js';
import { type Claim, tokenPath } from './client-authentication.js';
import type { Issued, IssueToken } from './issue-token.js';
import { OAuthError } from './oauth-error.js';

const formType = 'application/x-www-form-urlencoded';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Bytes of a form; an assertion has some hundreds, with ML-DSA some thousands. */
const formLimit = 16 * 1024;
/** Nobody is known here yet, so what strangers can keep busy at once is bounded. */
const mostAtOnce = 32;

/** The form's fields, each given once (RFC 6749 §3.2). */
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

/** What a form says of a client: with an assertion it has proved what it says, without one its connection has to. */
const readForm = (body: unknown): Pick<Claim, 'clientId' | 'assertion'> => {
  const fields = fieldsOf(body);
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

/** @throws OAuthError `invalid_request` where no client can show a certificate: it is not the client who is wrong there */
const readRequest = ({ body, raw, id }: FastifyRequest, asksForCertificates: boolean): Claim => {
  const asked = { ...readForm(body), correlationId: id };
  if (asked.assertion !== undefined) return asked;
  if (!asksForCertificates)
    throw new OAuthError(
      'invalid_request',
      'This gateway does not accept client certificates: send a client_assertion, or set ankasecure.http.tls.client-certificates',
    );
  return { ...asked, certificate: clientCertificateOf(raw.socket) };
};

const refuse = (reply: FastifyReply, { status, code, description }: OAuthError): FastifyReply =>
  reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify({ error: code, error_description: description }));

interface TokenEndpointParts {
  readonly issuer: IssueToken;
  readonly meter: RequestMeter;
  /** Whether clients of this gateway can prove themselves with certificates. */
  readonly asksForCertificates: boolean;
}

/** `POST /oauth/token` (RFC 6749 §4.4, RFC 7521 §4.2, RFC 8705 §2.2). Forms are taken here and nowhere else. */
export const addTokenEndpoint = (
  server: FastifyInstance,
  { issuer, meter, asksForCertificates }: TokenEndpointParts,
): void => {
  let atOnce = 0;
  const within = async (work: () => Promise<Issued>): Promise<Issued> => {
    if (atOnce >= mostAtOnce) throw new AnkaError('service-unavailable', 'Too many token requests. Try again.');
    atOnce++;
    try {
      return await work();
    } finally {
      atOnce--;
    }
  };
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(formType, { parseAs: 'string', bodyLimit: formLimit }, (_, body, done) =>
      done(null, body),
    );
    scope.post(tokenPath, {
      handler: async (request, reply) => {
        try {
          const claim = readRequest(request, asksForCertificates);
          const issued = await within(() => issuer.issue(claim));
          return await reply.type('application/json').send(JSON.stringify(issued));
        } catch (error) {
          if (error instanceof OAuthError) return refuse(reply, error);
          throw error;
        }
      },
      onResponse: (_, reply, done) => {
        meter.record('issueToken', reply);
        done();
      },
    });
  });
};
