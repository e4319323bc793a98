import type { Handle, PKCS11, Template } from 'pkcs11js';
import type { ImportFailureCode } from '../../import-failure.js';
import { type Attribute, cka, type ObjectClass } from '../cryptoki/attribute.js';
import { ckr, ckrOf } from '../cryptoki/ckr.js';
import type { CallKind } from '../cryptoki/error-policy.js';
import { rwSession, userState } from '../cryptoki/mechanism.js';
import { shared } from '../job/control.js';
import type { Profile } from '../profile/profile.js';
import { type Kem, openKem } from './kem.js';
import { type Expected, isWrapped, nameIsOf, nameOf, unpackObject } from './locator.js';
import { isLost } from './lost-handle.js';
import { packAttributes } from './packed-attribute.js';
import type { UnwrappedKeys } from './unwrapped-key.js';

/** The object is missing although the login holds: it was destroyed. */
export class KeyMissing extends Error {}
/** Private objects are invisible: the login is lost. */
export class LoginLost extends Error {}
/** Another token answers, or this one answers wrongly. */
export class TokenChanged extends Error {}
/** The caller's data is bad, as found outside the token. */
export class BadData extends Error {}
/** A blob does not match its record. */
export class BlobRefused extends Error {}
/** An object is not what its record says. The message tells the difference, for logs. */
export class ObjectRefused extends Error {}

/** Checks an object that was just found. @throws ObjectRefused */
export type CheckObject = (session: TokenSession, handle: Handle, id: Buffer, expected: Expected) => void;

/** Errors whose class decides how a job ends. */
export const telling = [BadData, BlobRefused, KeyMissing, LoginLost, ObjectRefused, TokenChanged] as const;

export interface SessionSettings {
  readonly libraryPath: string;
  readonly slot: Buffer;
  readonly profile: Profile;
  readonly handleCacheSize: number;
}

/** A zero-length buffer that still has an address. An empty one reaches the library as NULL, which is ARGUMENTS_BAD. */
const empty = Buffer.alloc(16).subarray(4, 4);
export const addressed = (data: Buffer): Buffer => (data.length === 0 ? empty : data);

/**
 * A lane's one session and the handles found through it. It opens itself when needed and forgets everything when an epoch
 * changes.
 */
export class TokenSession {
  readonly p11: PKCS11;
  /** The data that the running call carries, for the error policy. */
  kind: CallKind = 'own';
  /** The last call begun, for logs. */
  call = '';
  /** Overrides the kind of every call: the canary's calls carry our data, calls on an imported key carry its owner's. */
  allCalls: CallKind | null = null;
  /** The reason that a failure of the running call gives for refusing imported material; null if there is none. */
  trial: ImportFailureCode | null = null;
  private readonly control: Int32Array;
  private settings: SessionSettings;
  private handle: Handle | null = null;
  private openedKem: Kem | null = null;
  private moduleEpoch = 0;
  private loginEpoch = 0;
  private handles = new Map<string, Handle>();
  private readonly unwrapped: UnwrappedKeys;
  private readonly check: CheckObject;
  /** The key that was last used: its name among the handles, or among the unwrapped keys. */
  private used: { readonly name: string; readonly isWrapped: boolean } | null = null;
  private scratch = Buffer.alloc(16 * 1024);
  /** Buffers that the last template points at. */
  private pointedAt: Buffer[] = [];

  constructor(
    p11: PKCS11,
    control: Int32Array,
    settings: SessionSettings,
    unwrapped: UnwrappedKeys,
    check: CheckObject,
  ) {
    this.p11 = p11;
    this.unwrapped = unwrapped;
    this.check = check;
    this.control = control;
    this.settings = settings;
  }

  get profile(): Profile {
    return this.settings.profile;
  }

  get slot(): Buffer {
    return this.settings.slot;
  }

  /** The calls of key encapsulation. @throws NoKem if the library has none */
  get kem(): Kem {
    this.openedKem ??= openKem(this.settings.libraryPath, this.profile.pqc.kemEntries);
    return this.openedKem;
  }

  /** Runs `work` as if the token had another profile. */
  underProfile<Result>(profile: Profile, work: () => Result): Result {
    const own = this.settings.profile;
    this.settings = { ...this.settings, profile };
    try {
      return work();
    } finally {
      this.settings = { ...this.settings, profile: own };
    }
  }

  /** After C_Initialize, slots have other numbers. */
  moveTo(slot: Buffer): void {
    this.settings = { ...this.settings, slot };
  }

  /** The session, open and without handles older than the last login. */
  get session(): Handle {
    const moduleEpoch = Atomics.load(this.control, shared.moduleEpoch);
    if (moduleEpoch !== this.moduleEpoch) {
      this.moduleEpoch = moduleEpoch;
      this.handle = null;
      this.handles.clear();
      this.unwrapped.lose();
    }
    const loginEpoch = Atomics.load(this.control, shared.loginEpoch);
    if (loginEpoch !== this.loginEpoch) {
      this.loginEpoch = loginEpoch;
      this.handles.clear();
      this.unwrapped.close();
    }
    if (!this.handle) {
      this.begin('C_OpenSession', 'own');
      this.handle = this.p11.C_OpenSession(this.slot, rwSession);
    }
    return this.handle;
  }

  begin(call: string, kind: CallKind): void {
    this.call = call;
    this.kind = this.allCalls ?? kind;
  }

  /** An output buffer. The next call of this method overwrites it. */
  output(size: number): Buffer {
    if (size > this.scratch.length) this.scratch = Buffer.alloc(size);
    return this.scratch;
  }

  /**
   * Finds a key, and checks an object of the token when it is first found. Handles are kept by locator, so whoever expects
   * something else of the same object has it checked again.
   * @throws KeyMissing, LoginLost, BlobRefused, ObjectRefused
   */
  key(objectClass: ObjectClass, locator: Buffer): Handle {
    const session = this.session;
    if (isWrapped(locator)) {
      const handle = this.unwrapped.use(this, locator);
      this.used = { name: nameOf(locator), isWrapped: true };
      return handle;
    }
    const name = String.fromCharCode(objectClass) + nameOf(locator);
    this.used = { name, isWrapped: false };
    const cached = this.handles.get(name);
    if (cached) {
      this.handles.delete(name);
      this.handles.set(name, cached);
      return cached;
    }
    const { id, expected } = unpackObject(locator);
    const found = this.find(id, objectClass, 2);
    const [handle] = found;
    if (!handle) throw this.missing(session);
    if (found.length > 1) throw new ObjectRefused('two objects of one class share a CKA_ID');
    this.check(this, handle, id, expected);
    if (this.handles.size >= this.settings.handleCacheSize) this.handles.delete(this.handles.keys().next().value ?? '');
    this.handles.set(name, handle);
    return handle;
  }

  /** Finds objects with this CKA_ID, and of this class unless null; at most `limit`. */
  find(id: Buffer, objectClass: ObjectClass | null, limit: number): readonly Handle[] {
    const byClass = objectClass !== null && this.profile.findBy === 'class-and-id';
    const template: Template = [{ type: cka.ID, value: id }];
    if (byClass) template.unshift({ type: cka.CLASS, value: objectClass });
    const found = this.search(template, objectClass === null || byClass ? limit : limit + 2);
    if (objectClass === null || byClass) return found;
    return found.filter((handle) => this.attribute(handle, cka.CLASS).readUInt32LE() === objectClass);
  }

  /** Finds objects with this label, at most `limit`. */
  findLabelled(label: string, limit: number): readonly Handle[] {
    return this.search([{ type: cka.LABEL, value: label }], limit);
  }

  attribute(handle: Handle, type: number): Buffer {
    this.begin('C_GetAttributeValue', 'own');
    const value = this.p11.C_GetAttributeValue(this.session, handle, [{ type }])[0]?.value;
    if (!value) throw new Error(`attribute 0x${type.toString(16)} has no value`);
    return value;
  }

  /** Reads several attributes in one call. @throws a CKR error if the token does not report one of them */
  attributes(handle: Handle, types: readonly number[]): readonly Buffer[] {
    this.begin('C_GetAttributeValue', 'own');
    const read = this.p11.C_GetAttributeValue(
      this.session,
      handle,
      types.map((type) => ({ type })),
    );
    return read.map(({ value }) => value);
  }

  /** A copy of the attributes in the binding's mutable form. It is valid until the next call of this method. */
  template(attributes: readonly Attribute[]): Template {
    this.pointedAt = [];
    return attributes.map(({ type, value }) => {
      if (typeof value !== 'object' || Buffer.isBuffer(value)) return { type, value };
      const packed = packAttributes(value);
      this.pointedAt.push(...packed.pointedAt);
      return { type, value: packed.value };
    });
  }

  destroyObject(handle: Handle): void {
    this.begin('C_DestroyObject', 'own');
    this.p11.C_DestroyObject(this.session, handle);
  }

  /** Makes the next use of the key that was last used look it up again. */
  forgetUsed(): void {
    if (this.used?.isWrapped === true) this.unwrapped.close();
    else if (this.used) this.handles.delete(this.used.name);
  }

  /** Whether the handle of the key that was last used stands for no object any more, or for another. */
  hasLostUsed(): boolean {
    if (this.used === null) return false;
    const { name, isWrapped } = this.used;
    if (isWrapped) return this.unwrapped.hasLost(this, name);
    const handle = this.handles.get(name);
    return handle !== undefined && isLost(this, handle, (id) => nameIsOf(name, id));
  }

  /** Makes the next use of any key look it up again: the token has forgotten more than one. */
  forgetHandles(): void {
    this.handles.clear();
    this.unwrapped.close();
  }

  /** Destroys the unwrapped objects of these keys, or of all keys. */
  forgetUnwrapped(objectIds: readonly Uint8Array[] | 'all'): void {
    this.unwrapped.forget(this, objectIds);
  }

  loggedIn(): boolean {
    this.begin('C_GetSessionInfo', 'own');
    return this.p11.C_GetSessionInfo(this.session).state === userState;
  }

  /** Ends the session and every operation and session object in it. Handles of token objects stay valid. */
  close(): void {
    const handle = this.handle;
    this.handle = null;
    if (!handle || Atomics.load(this.control, shared.moduleEpoch) !== this.moduleEpoch) return;
    try {
      this.p11.C_CloseSession(handle);
    } catch (error) {
      if (ckrOf(error) === null) throw error;
    }
  }

  private search(template: Template, limit: number): readonly Handle[] {
    const session = this.session;
    this.begin('C_FindObjectsInit', 'own');
    this.p11.C_FindObjectsInit(session, template);
    this.begin('C_FindObjects', 'own');
    const found = this.p11.C_FindObjects(session, limit);
    this.begin('C_FindObjectsFinal', 'own');
    this.p11.C_FindObjectsFinal(session);
    return found;
  }

  private missing(session: Handle): Error {
    this.begin('C_GetSessionInfo', 'own');
    return this.p11.C_GetSessionInfo(session).state === userState ? new KeyMissing() : new LoginLost();
  }
}

/** Errors that leave a session fit for the next call. */
export const harmless: readonly number[] = [ckr.SIGNATURE_INVALID, ckr.BUFFER_TOO_SMALL];
