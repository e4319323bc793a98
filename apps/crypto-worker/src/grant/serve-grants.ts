import { type Context, type DryRun, deleteGrants, getGrants, type KeyGrants, putGrants } from '@ankasecure/contracts';
import type { Answer, Bus, Outbox } from '@ankasecure/service-kit';
import type { ModuleRef } from '@nestjs/core';
import { recordingDenial } from '../outcome/denial.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { ChangeGrants } from './change-grants.js';

interface Serving {
  readonly bus: Bus;
  readonly outbox: Outbox;
  readonly modules: ModuleRef;
}

/** Puts the grants of keys on the bus. */
export const serveGrants = ({ bus, outbox, modules }: Serving, partition: string): void => {
  const grants = modules.get(ChangeGrants);
  const outcomes = modules.get(GroupCommit);
  const answer = (body: KeyGrants): Answer<KeyGrants> => ({ body, revision: body.revision });
  const handlers = <Request>(change: (context: Context, request: Request) => Promise<KeyGrants | DryRun>) =>
    [
      async (context: Context, request: Request) => {
        outbox.assertRoom();
        return answer((await change(context, request)) as KeyGrants);
      },
      async (context: Context, request: Request) => {
        outbox.assertRoom();
        return (await change(context, request)) as DryRun;
      },
    ] as const;
  bus.serve(getGrants, partition, async (context, request) => {
    const about = { operation: 'key.grants.get', keyId: request.id };
    return answer(await recordingDenial(outcomes, context, about, () => grants.get(context, request)));
  });
  bus.serve(putGrants.contract, partition, ...handlers(grants.put.bind(grants)));
  bus.serve(deleteGrants, partition, ...handlers(grants.delete.bind(grants)));
};
