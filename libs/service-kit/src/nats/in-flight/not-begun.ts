import { headers } from '@nats-io/transport-node';

/** Heads an empty reply: nobody has begun with the request. nats-server says it as well where nobody listens. */
export const notBegun = headers(503, 'Not Begun');
