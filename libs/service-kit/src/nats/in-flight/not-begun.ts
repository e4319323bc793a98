import { headers, type MsgHdrs } from '@nats-io/transport-node';

/** Heads an empty reply: nobody has begun with the request. nats-server says it as well where nobody listens. */
export const notBegun = headers(503, 'Not Begun');

/** The server says that nobody listens, or the receiver that it does not begin with the request. */
export const isRefusal = (data: Uint8Array, headers: MsgHdrs | undefined): boolean =>
  data.length === 0 && headers?.code === notBegun.code;
