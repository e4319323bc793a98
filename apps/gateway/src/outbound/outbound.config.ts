import { isIP } from 'node:net';
import { z } from 'zod';

const server = z
  .string()
  .refine(
    (text) => isIP(text.replace(/^\[(.+)\]:\d+$|^([\d.]+):\d+$/, '$1$2')) !== 0,
    'must be an IP address, with a port if it is not 53',
  );

/** Requests of the gateway to identity providers. */
export const outboundConfig = z
  .strictObject({
    /** The DNS servers. Default: the system's. */
    dnsServers: z.array(server).min(1).optional(),
  })
  .default({});

/** The `outbound` section, and the token it is injected by. */
export interface OutboundConfig extends z.infer<typeof outboundConfig> {}
export abstract class OutboundConfig {}
