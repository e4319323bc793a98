import { getKek, getWrappingKey, importKey, rotateKek } from '@ankasecure/contracts';
import type { Served } from '@ankasecure/service-kit';
import { metered } from './deadline/metered.js';
import { ReadKek } from './kek/read-kek.js';
import { RotateKek } from './kek/rotate-kek.js';
import { ImportKey } from './making/import-key.js';
import type { Serving } from './serve-lifecycle.js';

/** Puts tenants' KEKs, and the keys they bring, on the bus. @returns what needs the token */
export const serveKek = ({ bus, outbox, modules }: Serving, partition: string): readonly Served[] => {
  const reader = modules.get(ReadKek);
  const rotator = modules.get(RotateKek);
  const importer = modules.get(ImportKey);
  bus.serve(getKek, partition, async (context) => ({ body: await reader.get(context) }));
  return [
    bus.serve(
      rotateKek,
      partition,
      async (context) => {
        outbox.assertRoom();
        const budget = metered(context);
        const body = await rotator.rotate(budget);
        return { body, hsmMicros: budget.hsm.micros };
      },
      (context) => {
        outbox.assertRoom();
        return rotator.rehearse(context);
      },
    ),
    bus.serve(getWrappingKey, partition, async (context) => {
      outbox.assertRoom();
      return { body: await importer.wrappingKey(context) };
    }),
    bus.serve(
      importKey,
      partition,
      async (context, request) => {
        outbox.assertRoom();
        const budget = metered(context);
        const { key: body, notice, keyQuota } = await importer.import(budget, request);
        return { body, revision: body.revision, id: body.id, hsmMicros: budget.hsm.micros, notice, keyQuota };
      },
      (context, request) => {
        outbox.assertRoom();
        return importer.rehearse(context, request);
      },
    ),
  ];
};
