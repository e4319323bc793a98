import type { INestApplicationContext } from '@nestjs/common';
import {
  createIssuer,
  deleteIssuer,
  getIssuer,
  listIssuers,
  putIssuer,
  type TenantIssuer,
} from '../issuer/issuer.contract.js';
import { Issuers } from '../issuer/issuers.js';
import type { OwnService } from '../route/own-service.js';
import {
  createServiceAccount,
  deleteServiceAccount,
  getServiceAccount,
  listServiceAccounts,
} from '../service-account/service-account.contract.js';
import { ServiceAccounts } from '../service-account/service-accounts.js';
import type { Changed } from './in-force.js';

/** Which of the gateway's own routes is answered by what. */
export const serveIdentity = (own: OwnService, app: Pick<INestApplicationContext, 'get'>): void => {
  serveAccounts(own, app.get(ServiceAccounts));
  serveIssuers(own, app.get(Issuers));
};

const serveAccounts = (own: OwnService, accounts: ServiceAccounts): void => {
  own.serve(
    createServiceAccount,
    async (context, request) => {
      const body = await accounts.create(context, request);
      return { body, id: body.id, revision: body.revision };
    },
    (context, request) => accounts.rehearseCreate(context, request),
  );
  own.serve(listServiceAccounts, async (context, query) => ({ body: await accounts.list(context, query) }));
  own.serve(getServiceAccount, async (context, { id }) => {
    const body = await accounts.get(context, id);
    return { body, revision: body.revision };
  });
  own.serve(
    deleteServiceAccount,
    async (context, { id }) => {
      const { value: body, settle } = await accounts.delete(context, id);
      return { body, revision: body.revision, settle };
    },
    (context, { id }) => accounts.rehearseDelete(context, id),
  );
};

const serveIssuers = (own: OwnService, issuers: Issuers): void => {
  const answer = (body: TenantIssuer) => ({ body, id: body.id, revision: body.revision });
  const changed = ({ value, settle }: Changed<TenantIssuer>) => ({ ...answer(value), settle });
  own.serve(
    createIssuer,
    async (context, request) => changed(await issuers.create(context, request)),
    (context, request) => issuers.rehearseCreate(context, request),
  );
  own.serve(listIssuers, async (context) => ({ body: { items: await issuers.list(context) } }));
  own.serve(getIssuer, async (context, { id }) => answer(await issuers.get(context, id)));
  own.serve(
    putIssuer.contract,
    async (context, request) => changed(await issuers.put(context, request)),
    (context, request) => issuers.rehearsePut(context, request),
  );
  own.serve(
    deleteIssuer,
    async (context, { id }) => changed(await issuers.delete(context, id)),
    (context, { id }) => issuers.rehearseDelete(context, id),
  );
};
