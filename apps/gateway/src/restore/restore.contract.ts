import { restoreTenant } from '@ankasecure/contracts';
import { ownContract } from '../route/own-contract.js';

/** `restoreTenant` with the gateway's own records, which come first. The other services are asked afterwards. */
export const restoreTenantHere = ownContract('tenant.restore', restoreTenant.request, restoreTenant.reply);
