import { createHmac, type KeyObject } from 'node:crypto';
import { fieldBytes } from './field.js';

/** The process that writes events into an outbox. */
export interface OutboxProcess {
  readonly service: string;
  /** The HSM partition that the process serves; null for a service of every partition. */
  readonly partition: string | null;
  /** The process's id, which it chooses at its start. */
  readonly process: string;
}

/** The MAC of an event's canonical bytes under its tenant's audit key (`macInput`). */
export interface EventMac {
  readonly macKeyId: string;
  /** 32 bytes. */
  readonly hmac: Buffer;
}

/** What a proof binds of an event. Together these are all its members. */
export interface ProvenContent {
  readonly eventId: string;
  /** `canonicalBytes` of the event. */
  readonly canonical: Uint8Array;
  /** `detailsText` of the details as they are sealed: with who reports the event. */
  readonly details: string;
  /** The event's MAC, if the process that writes the event has made it. */
  readonly made?: EventMac | undefined;
}

/** The first bytes of all forms. The next byte is the version, the byte after it tells the forms apart. */
const magic = Buffer.from('ankasecure.outbox', 'ascii');
const version = 1;
const keyHeader = Buffer.concat([magic, Buffer.of(version, 0)]);
const proofHeader = Buffer.concat([magic, Buffer.of(version, 1)]);
const macProofHeader = Buffer.concat([magic, Buffer.of(version, 2)]);

/**
 * The input of the record key that derives a process's key: magic `ankasecure.outbox` ‖ version 01 ‖ 00 ‖ service ‖ partition ‖
 * process. Each value is a field: `01 ‖ u32be length ‖ content`, or the single byte 00 for null.
 */
export const outboxKeyInput = ({ service, partition, process }: OutboxProcess): Buffer =>
  fieldBytes(keyHeader, [service, partition, process]);

/**
 * The input of the process's key: magic ‖ version 01 ‖ 01 ‖ service ‖ partition ‖ process ‖ event id ‖ canonical bytes ‖ details, as
 * fields. The proof of an event whose MAC the process has made has 02 in place of the second 01, and the id of the MAC key and the MAC
 * as further fields.
 */
export const outboxProofInput = (
  { service, partition, process }: OutboxProcess,
  { eventId, canonical, details, made }: ProvenContent,
): Buffer => {
  const proven = [service, partition, process, eventId, canonical, details];
  return made === undefined
    ? fieldBytes(proofHeader, proven)
    : fieldBytes(macProofHeader, [...proven, made.macKeyId, made.hmac]);
};

/** HMAC-SHA256 of `outboxProofInput` under the process's key. 32 bytes. */
export const outboxMac = (key: KeyObject, of: OutboxProcess, content: ProvenContent): Buffer =>
  createHmac('sha256', key).update(outboxProofInput(of, content)).digest();
