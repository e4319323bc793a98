import { getKek, getWrappingKey, importKey, rotateKek } from '@ankasecure/contracts';
import type { Served } from '@ankasecure/service-kit';
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
        const { value: body, hsmMicros } = await rotator.rotate(context);
        return { body, hsmMicros };
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
        const { key: body, hsmMicros, notice, keyQuota } = await importer.import(context, request);
        return { body, revision: body.revision, id: body.id, hsmMicros, notice, keyQuota };
      },
      (context, request) => {
        outbox.assertRoom();
        return importer.rehearse(context, request);
      },
    ),
  ];
};
