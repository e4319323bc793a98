import { inboxPrefix, type Service } from '@ankasecure/contracts';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import type { Setting } from './message.js';

/** Connects as the product's services do: TLS, a nkey, and an inbox of its own. */
export const openBus = (service: Service, { bus }: Setting): Promise<NatsConnection> =>
  connect({
    servers: bus.servers,
    tls: { caFile: bus.caFile },
    authenticator: nkeyAuthenticator(new TextEncoder().encode(bus.seed)),
    inboxPrefix: inboxPrefix(service),
  });
