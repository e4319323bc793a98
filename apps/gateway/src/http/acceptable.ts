import type { IncomingMessage } from 'node:http';
import { AnkaError } from '@ankasecure/contracts';

/** Node refuses this case with an answer of its own. */
const continues = /(?:^|\W)100-continue(?:$|\W)/i;

/**
 * Refuses with a problem what Node would refuse with an empty answer.
 * @throws AnkaError `request-invalid` without Host (RFC 9112 §3.2), `expectation-failed` (RFC 9110 §10.1.1)
 */
export const assertAcceptable = ({ httpVersion, headers }: IncomingMessage): void => {
  if (httpVersion === '1.1' && headers.host === undefined)
    throw new AnkaError('request-invalid', 'Send a Host header, which HTTP/1.1 requires');
  if (headers.expect !== undefined && !continues.test(headers.expect))
    throw new AnkaError('expectation-failed', 'Leave Expect out, or send Expect: 100-continue');
};
