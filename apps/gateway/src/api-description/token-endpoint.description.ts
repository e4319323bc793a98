import { refusal as noClient } from '../access-token/client-authentication.js';
import { problemMediaType } from '../problem/problem.js';
import { ids } from '../route/example.js';
import { type HeaderName, refer } from './header.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const clientId = `${ids.tenant}.${ids.serviceAccount}`;

const text = (description: string, example: string) => ({ type: 'string', description, example });

const answer = (description: string, schema: object, example: object, ...headers: readonly HeaderName[]) => ({
  description,
  headers: refer('X-Correlation-Id', 'Server-Timing', ...headers),
  content: { 'application/json': { schema, example } },
});

const refusal = (description: string, error: string, detail: string, ...headers: readonly HeaderName[]) =>
  answer(
    description,
    {
      type: 'object',
      required: ['error'],
      properties: { error: { type: 'string' }, error_description: { type: 'string' } },
    },
    { error, error_description: detail },
    ...headers,
  );

/** The errors that are answered before OAuth, as on every other route. */
const problem = (description: string, ...headers: readonly HeaderName[]) => ({
  description,
  headers: refer('X-Correlation-Id', 'Server-Timing', ...headers),
  content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

const description = `Implements the client credentials grant (RFC 6749, section 4.4). Errors follow RFC 6749, section 5.2. A client can authenticate in two ways.

- **Assertion** (RFC 7523): send a JWT signed with one of the account's keys and naming it as \`kid\`. Its \`iss\` and \`sub\` are the account's \`clientId\`, its \`aud\` is this URL, its \`jti\` is unused and its \`exp\` is at most five minutes away. The access token is a bearer token.
- **Client certificate** (RFC 8705): connect with one of the account's certificates, within its validity, and send the account's \`clientId\` as \`client_id\`: \`curl --cert app.pem --key app-key.pem -d grant_type=client_credentials -d client_id=…\`. The access token is bound to that certificate (\`cnf\`) and is accepted only on connections that use it. The gateway must end TLS itself and have \`ankasecure.http.tls.client-certificates\` set.

A certificate-bound token of another issuer is accepted under the same condition. A token that is bound in any other way is refused.`;

/** The OpenAPI description of the only route that uses OAuth's format instead of JSON and problems. */
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
                client_id: text(
                  'Required without an assertion. With one it is optional and must name the same client.',
                  clientId,
                ),
              },
            },
          },
        },
      },
      responses: {
        200: answer(
          'The access token, to be sent as Authorization: Bearer.',
          {
            type: 'object',
            required: ['access_token', 'token_type', 'expires_in'],
            properties: {
              access_token: { type: 'string' },
              token_type: { type: 'string', enum: ['Bearer'] },
              expires_in: { type: 'integer', description: 'Lifetime of the token in seconds.' },
            },
          },
          { access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln', token_type: 'Bearer', expires_in: 300 },
        ),
        400: refusal('The token request is not valid.', 'invalid_request', 'client_assertion is not a JWT'),
        401: refusal(
          'Client authentication failed. To a request with `Authorization: Basic`, which no client has here, the answer has WWW-Authenticate.',
          'invalid_client',
          noClient,
          'WWW-Authenticate',
        ),
        403: problem('The account’s tenant is disabled.'),
        412: problem('A token has no ETag: leave If-Match and If-None-Match out.'),
        413: problem('The form is too large for a token request.'),
        415: problem('The body is not a form.'),
        503: problem('A service is not available. Repeat the request.', 'Retry-After'),
      },
    },
  },
};
