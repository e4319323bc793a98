import { network } from '@ankasecure/service-kit';
import { z } from 'zod';

export const connectorConfig = z
  .strictObject({
    /** A folder for each tenant, named by its id, with a file for each secret that its connectors name. */
    secretsDirectory: z.string().min(1).default('/run/secrets/connectors'),
    /** Internal networks that connectors of tenants may reach. Those of the platform's own tenant reach every address. */
    allowedNetworks: z.array(network).max(64).default([]),
  })
  .prefault({});

/** The `connectors` section, and the token it is injected by. */
export interface ConnectorConfig extends z.infer<typeof connectorConfig> {}
export abstract class ConnectorConfig {}
