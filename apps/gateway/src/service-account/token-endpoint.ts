import { AnkaError } from '@ankasecure/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { decodeJwt } from 'jose';
import type { RequestMeter } from '../http/request-meter.js';
import { type Issued, type IssueToken, tokenPath } from './issue-token.js';
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
    if (fields.has(name)) throw new OAuthError('invalid_request', `${name} is given more than once`);
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
    throw new OAuthError('invalid_request', 'client_id is not that of the assertion');
  return String(sub);
};

const readRequest = (body: unknown) => {
  const fields = fieldsOf(body);
  if (fields.get('grant_type') !== 'client_credentials')
    throw new OAuthError('unsupported_grant_type', 'grant_type client_credentials is expected');
  const assertion = fields.get('client_assertion');
  if (fields.get('client_assertion_type') !== assertionType || assertion === undefined)
    throw new OAuthError('invalid_request', `client_assertion and client_assertion_type=${assertionType} are expected`);
  return { assertion, clientId: clientOf(assertion, fields.get('client_id')) };
};

const refuse = (reply: FastifyReply, { status, code, description }: OAuthError): FastifyReply =>
  reply
    .code(status)
    .type('application/json')
    .send(JSON.stringify({ error: code, error_description: description }));

/** `POST /oauth/token` (RFC 6749 §4.4, RFC 7521 §4.2). Forms are taken here and nowhere else. */
export const addTokenEndpoint = (server: FastifyInstance, issuer: IssueToken, meter: RequestMeter): void => {
  let atOnce = 0;
  const within = async (work: () => Promise<Issued>): Promise<Issued> => {
    if (atOnce >= mostAtOnce) throw new AnkaError('service-unavailable', 'Too many ask for tokens; try again');
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
          const asked = readRequest(request.body);
          const issued = await within(() => issuer.issue({ ...asked, correlationId: request.id }));
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
