import type { INestApplicationContext } from '@nestjs/common';
import type { OwnService } from '../route/own-service.js';
import {
  createServiceAccount,
  deleteServiceAccount,
  getServiceAccount,
  listServiceAccounts,
} from '../service-account/service-account.contract.js';
import { ServiceAccounts } from '../service-account/service-accounts.js';

/** Which of the gateway's own routes is answered by what. */
export const serveIdentity = (own: OwnService, app: Pick<INestApplicationContext, 'get'>): void => {
  const accounts = app.get(ServiceAccounts);
  own.serve(createServiceAccount, async (context, request) => {
    const body = await accounts.create(context, request);
    return { body, id: body.id, revision: body.revision };
  });
  own.serve(listServiceAccounts, async (context) => ({ body: { items: await accounts.list(context) } }));
  own.serve(getServiceAccount, async (context, { id }) => {
    const body = await accounts.get(context, id);
    return { body, revision: body.revision };
  });
  own.serve(deleteServiceAccount, async (context, { id }) => {
    const body = await accounts.delete(context, id);
    return { body, revision: body.revision };
  });
};
