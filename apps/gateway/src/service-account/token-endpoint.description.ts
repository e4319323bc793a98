import { type HeaderName, refer } from '../api-description/header.js';
import { problemMediaType } from '../problem/problem.js';
import { ids } from '../route/example.js';
import { refusal as noClient } from './client-authentication.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const clientId = `${ids.tenant}.${ids.serviceAccount}`;

const text = (description: string, example: string) => ({ type: 'string', description, example });

const answer = (description: string, schema: object, example: object) => ({
  description,
  headers: refer('X-Correlation-Id', 'Server-Timing'),
  content: { 'application/json': { schema, example } },
});

const refusal = (description: string, error: string, detail: string) =>
  answer(
    description,
    {
      type: 'object',
      required: ['error'],
      properties: { error: { type: 'string' }, error_description: { type: 'string' } },
    },
    { error, error_description: detail },
  );

/** Before OAuth has a say, as on every other route. */
const problem = (said: string, ...headers: readonly HeaderName[]) => ({
  description: said,
  headers: refer('X-Correlation-Id', 'Server-Timing', ...headers),
  content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

const description = `RFC 6749, section 4.4. There are two ways for a client to prove that it is the account; refusals are as RFC 6749, section 5.2, has them.

- **An assertion** (RFC 7523): a JWT whose \`iss\` and \`sub\` are the account's \`clientId\`, whose \`aud\` is this URL, with a \`jti\` that was never used and an \`exp\` at most five minutes away, signed with one of the account's keys and naming it as \`kid\`. The token is good for whoever bears it.
- **A client certificate** (RFC 8705), where the gateway ends TLS itself and \`ankasecure.http.tls.client-certificates\` is set: without an assertion, \`client_id\` is the account's \`clientId\`, and the connection has one of its certificates, within its validity: \`curl --cert app.pem --key app-key.pem -d grant_type=client_credentials -d client_id=…\`. The token is bound to that certificate (\`cnf\`) and good on connections that have it.

Tokens of other issuers that are bound to a certificate so are held to it as well; one that is bound to anything else is refused.`;

/** The one route that speaks OAuth instead of JSON and problems, as OpenAPI has it. */
export const tokenEndpointPath = {
  '/oauth/token': {
    post: {
      operationId: 'issueToken',
      tags: ['Identity'],
      summary: 'Get an access token for a service account',
      description,
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              required: ['grant_type'],
              anyOf: [{ required: ['client_assertion_type', 'client_assertion'] }, { required: ['client_id'] }],
              properties: {
                grant_type: { type: 'string', enum: ['client_credentials'] },
                client_assertion_type: { type: 'string', enum: [assertionType] },
                client_assertion: text(
                  'The signed assertion.',
                  'eyJhbGciOiJFUzI1NiIsImtpZCI6InBheW1lbnRzLTIwMjcifQ.e30.c2ln',
                ),
                client_id: text('Needed without an assertion; with one it may be left out, and is the same.', clientId),
              },
            },
          },
        },
      },
      responses: {
        200: answer(
          'The token, for Authorization: Bearer.',
          {
            type: 'object',
            required: ['access_token', 'token_type', 'expires_in'],
            properties: {
              access_token: { type: 'string' },
              token_type: { type: 'string', enum: ['Bearer'] },
              expires_in: { type: 'integer', description: 'Seconds.' },
            },
          },
          { access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln', token_type: 'Bearer', expires_in: 300 },
        ),
        400: refusal('The request is not one for a token.', 'invalid_request', 'client_assertion is not a JWT'),
        401: refusal('Nothing proves that the client is the account.', 'invalid_client', noClient),
        413: problem('The form is longer than any that asks for a token.'),
        415: problem('The body is no form.'),
        503: problem('Something of ours is away.', 'Retry-After'),
      },
    },
  },
};
