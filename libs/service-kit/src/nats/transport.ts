/** Names the transport, so that Nest binds the methods of the bus to it alone. */
export const busTransport = Symbol('bus');
