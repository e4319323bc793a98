import { getKek, rotateKek } from '@ankasecure/contracts';
import type { Served } from '@ankasecure/service-kit';
import { ReadKek } from './kek/read-kek.js';
import { RotateKek } from './kek/rotate-kek.js';
import type { Serving } from './serve-lifecycle.js';

/** Puts tenants' KEKs on the bus. @returns what needs the token */
export const serveKek = ({ bus, outbox, modules }: Serving, partition: string): readonly Served[] => {
  const reader = modules.get(ReadKek);
  const rotator = modules.get(RotateKek);
  bus.serve(getKek, partition, async (context) => ({ body: await reader.get(context) }));
  return [
    bus.serve(rotateKek, partition, async (context) => {
      outbox.assertRoom();
      const { value: body, hsmMicros } = await rotator.rotate(context);
      return { body, hsmMicros };
    }),
  ];
};
