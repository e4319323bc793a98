import { getKek, getWrappingKey, importKey, type Kek, rotateKek } from '@ankasecure/contracts';
import type { Served } from '@ankasecure/service-kit';
import type { z } from 'zod';
import { ReadKek } from './kek/read-kek.js';
import { RotateKek } from './kek/rotate-kek.js';
import type { CreatedKey } from './making/create-key.js';
import { ImportKey } from './making/import-key.js';
import { bothHandlers, type Serving } from './serve-lifecycle.js';

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
      ...bothHandlers(
        async (context) => {
          outbox.assertRoom();
          return rotator.rotate(context);
        },
        (body: Kek) => ({ body }),
      ),
    ),
    bus.serve(getWrappingKey, partition, async (context) => {
      outbox.assertRoom();
      return { body: await importer.wrappingKey(context) };
    }),
    bus.serve(
      importKey,
      partition,
      ...bothHandlers(
        async (context, request: z.infer<typeof importKey.request>) => {
          outbox.assertRoom();
          return importer.import(context, request);
        },
        ({ key: body, notice, keyQuota }: CreatedKey) => ({
          body,
          revision: body.revision,
          id: body.id,
          notice,
          keyQuota,
        }),
      ),
    ),
  ];
};
