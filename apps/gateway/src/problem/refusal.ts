import type { IncomingMessage } from 'node:http';
import { AnkaError, type ErrorCode } from '@ankasecure/contracts';
import { asAnkaError } from '@ankasecure/service-kit';

const noType = 'Send the body as application/json, or to /oauth/token as application/x-www-form-urlencoded';
const noJson = 'Send a JSON body';
const noPath = 'There is no resource at this path';

/** The error for a refusal of Fastify before a handler runs. Fastify's message is hidden. A test compares the table with Fastify's own. */
const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_BAD_URL: ['request-invalid', 'The path is malformed'],
  FST_ERR_INVALID_URL: ['request-invalid', 'The path is malformed'],
  FST_ERR_MAX_PARAM_LENGTH: ['route-not-found', noPath],
  FST_ERR_NOT_FOUND: ['route-not-found', noPath],
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'body-too-large',
    'Send a smaller body: split the batch, or hash the payload and sign its digest',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['media-type-unsupported', noType],
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: ['media-type-unsupported', noType],
  FST_ERR_ROUTE_MISSING_CONTENT: ['body-malformed', noJson],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['body-malformed', noJson],
  FST_ERR_CTP_INVALID_JSON_BODY: ['body-malformed', noJson],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['request-invalid', 'The length of the body does not match Content-Length'],
  FST_ERR_CTP_INSTANCE_ALREADY_STARTED: ['request-invalid', 'The request is not valid'],
  FST_ERR_VALIDATION: ['request-invalid', 'The request is not valid'],
  FST_ERR_HANDLER_TIMEOUT: ['deadline-exceeded', 'The request did not finish in time. Try again.'],
};

/** Turns any thrown value into an error that the caller may see. */
export const asRefusal = (error: unknown, request?: IncomingMessage): AnkaError => {
  // A socket's code could be mistaken for the database's.
  if (isHangUp(error, request))
    return new AnkaError('request-invalid', 'The connection ended before the whole body arrived');
  const known = refusals[(error as { code?: string } | null)?.code ?? ''];
  return known === undefined ? asAnkaError(error ?? new Error('nothing')) : new AnkaError(...known);
};

/** Whether the request's own stream failed: the client disconnected before the whole request arrived. */
const isHangUp = (error: unknown, request: IncomingMessage | undefined): boolean =>
  error instanceof Error && request?.errored === error;
