import type { Contract } from '@ankasecure/contracts';
import type { z } from 'zod';

/** A contract that the gateway serves itself, with a controller in the same process. It is never sent over the bus. */
export const ownContract = <Request extends z.ZodType, Reply extends z.ZodType>(
  name: string,
  request: Request,
  reply: Reply,
): Contract<Request, Reply> => ({ owner: 'gateway', callers: [], subject: `gateway.${name}`, request, reply });
