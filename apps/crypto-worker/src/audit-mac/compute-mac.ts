import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { macInput } from '@ankasecure/audit-event';
import { AnkaError, type Context, type computeMacs } from '@ankasecure/contracts';
import { BoundedMap, Clock } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Custody } from '../custody/custody.js';
import { PlatformKeys } from '../platform-key/platform-key.js';
import { AuditMacConfig } from './audit-mac.config.js';
import { OwnMacs } from './own-mac.js';

type Request = z.infer<typeof computeMacs.request>;
type Reply = z.infer<typeof computeMacs.reply>;

/** `<generation>.<UTC day>` for a day key, `<generation>.hsm` for the tenant's key itself. */
interface MacKeyId {
  readonly generation: number;
  readonly day: string | null;
}

const idOf = ({ generation, day }: MacKeyId): string => `${generation}.${day ?? 'hsm'}`;

const parseId = (text: string): MacKeyId => {
  const match = /^([1-9][0-9]{0,5})\.(?:(\d{4}-\d{2}-\d{2})|hsm)$/.exec(text);
  if (match === null) throw new AnkaError('request-invalid', 'macKeyId: must be the id of an audit MAC key');
  return { generation: Number(match[1]), day: match[2] ?? null };
};

/** Day keys kept in memory: today's key of every active tenant, and the keys that a verification reads. */
const capacity = 5000;

/**
 * SP 800-108 r1 §4.1, KDF in counter mode with HMAC-SHA256, one iteration: [i]₄ ‖ label ‖ 00 ‖ context ‖ [L]₄.
 * The HSM computes the HMAC; the tenant's key never leaves it.
 */
const dayKeyInput = (tenantId: string, day: string): Buffer =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 1]),
    Buffer.from('ankasecure audit mac day key'),
    Buffer.from([0]),
    Buffer.from(`${tenantId}|${day}`),
    Buffer.from([0, 0, 1, 0]),
  ]);

/** Computes the HMACs of sealed events. The keys exist only in the HSM, or are derived in it for one UTC day. */
@Injectable()
export class ComputeMac {
  private readonly dayKeys = new BoundedMap<string, Promise<KeyObject>>(capacity);
  private readonly newest = new Map<string, Promise<number>>();

  constructor(
    private readonly custody: Custody,
    private readonly platformKeys: PlatformKeys,
    private readonly config: AuditMacConfig,
    private readonly clock: Clock,
    private readonly own: OwnMacs,
  ) {}

  async compute(context: Context, { macKeyId, messages }: Request): Promise<Reply> {
    const key = macKeyId === null ? await this.current(context) : parseId(macKeyId);
    const id = idOf(key);
    if (macKeyId === null && key.day !== null)
      this.own.hold(context.tenantId, id, key.day, await this.dayKey(context, key, key.day));
    const inputs = messages.map((message) => macInput(id, Buffer.from(message, 'base64')));
    const macs =
      key.day === null
        ? await this.inHsm(context, key.generation, inputs)
        : await this.withDayKey(context, key, key.day, inputs);
    return { macKeyId: id, macs: macs.map((mac) => Buffer.from(mac).toString('base64')) };
  }

  /** @throws AnkaError `clock-skew`: a MAC of a wrong day would not be accepted */
  private async current(context: Context): Promise<MacKeyId> {
    this.clock.assertAgrees();
    const { tenantId } = context;
    let newest = this.newest.get(tenantId);
    if (newest === undefined) {
      newest = this.platformKeys.auditKey(context, null).then(({ generation }) => generation);
      this.newest.set(tenantId, newest);
      newest.catch(() => this.newest.delete(tenantId));
    }
    const day = this.config.mode === 'hsm' ? null : new Date(this.clock.now()).toISOString().slice(0, 10);
    return { generation: await newest, day };
  }

  private async withDayKey(
    context: Context,
    key: MacKeyId,
    day: string,
    inputs: readonly Uint8Array[],
  ): Promise<Uint8Array[]> {
    const secret = await this.dayKey(context, key, day);
    return inputs.map((input) => createHmac('sha256', secret).update(input).digest());
  }

  private dayKey(context: Context, key: MacKeyId, day: string): Promise<KeyObject> {
    const name = `${context.tenantId}/${idOf(key)}`;
    let dayKey = this.dayKeys.get(name);
    if (dayKey === undefined) {
      dayKey = this.deriveDayKey(context, key.generation, day);
      this.dayKeys.set(name, dayKey);
      dayKey.catch(() => this.dayKeys.delete(name));
    }
    return dayKey;
  }

  private async deriveDayKey(context: Context, generation: number, day: string): Promise<KeyObject> {
    const { ref } = await this.platformKeys.auditKey(context, generation);
    const value = await this.custody.platformMac(context, ref, dayKeyInput(context.tenantId, day));
    const dayKey = createSecretKey(value);
    value.fill(0);
    return dayKey;
  }

  private async inHsm(context: Context, generation: number, inputs: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const { ref } = await this.platformKeys.auditKey(context, generation);
    return Promise.all(inputs.map((input) => this.custody.platformMac(context, ref, input)));
  }
}
