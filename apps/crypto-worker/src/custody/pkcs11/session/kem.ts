import type { LibraryHandle, TypeObject } from 'koffi';
import type { Handle } from 'pkcs11js';
import type { PlainAttribute } from '../cryptoki/attribute.js';
import { functionIndex, type KemEntry } from '../cryptoki/post-quantum.js';
import { exportedBy, interfacesIn, koffi, libraryAt, wordBytes } from './interface-list.js';
import { packAttributes } from './packed-attribute.js';

/** One call of C_DecapsulateKey (PKCS#11 v3.2 §5.18.9). */
export interface Decapsulation {
  readonly session: Handle;
  readonly mechanism: number;
  readonly key: Handle;
  readonly template: readonly PlainAttribute[];
  readonly ciphertext: Buffer;
}

/** The calls of PKCS#11 v3.2 that the binding does not have. They share sessions and handles with it. */
export interface Kem {
  /** @returns the shared secret, an object as the template says. @throws an error that `ckrOf` reads */
  decapsulate(call: Decapsulation): Handle;
}

/** The library has no entry point for key encapsulation. */
export class NoKem extends Error {}

/** The address of the list of functions of PKCS#11 3.2 or newer; undefined if there is none. */
const functionListOf = (library: LibraryHandle): bigint | undefined =>
  interfacesIn(library)?.find(
    ({ name, major, minor }) => name === 'PKCS 11' && (major > 3 || (major === 3 && minor >= 2)),
  )?.functions;

const signature = (name: string): string =>
  `unsigned long ${name}(unsigned long session, void *mechanism, unsigned long key, void *template, unsigned long count, void *ciphertext, unsigned long length, void *secret)`;

let prototype: TypeObject | undefined;

type Decapsulate = (...args: readonly unknown[]) => number;

/** The ways to the function. A library without a way has undefined. */
const ways = {
  /** The table of functions of a PKCS#11 v3.2 library. The first entry, at index 0, is the version. */
  'interface-3.2': (library: LibraryHandle): Decapsulate | undefined => {
    const functions = functionListOf(library);
    if (functions === undefined) return undefined;
    const { call, decode, proto } = koffi();
    prototype ??= proto(signature('DecapsulateKey'));
    const pointers = decode(functions, `uint64_t [${functionIndex.decapsulateKey + 1}]`) as bigint[];
    const address = BigInt(pointers[functionIndex.decapsulateKey] ?? 0);
    const type = prototype;
    return address === 0n ? undefined : (...args) => call(address, type, ...args) as number;
  },
  /** Thales Luna exports the calls of v3.2 by names of its own (client 10.9.0). Their parameters are the same. */
  'vendor-exports': (library: LibraryHandle): Decapsulate | undefined =>
    exportedBy(library, signature('CA_DecapsulateKey')),
} as const satisfies Record<KemEntry, (library: LibraryHandle) => Decapsulate | undefined>;

const found = (library: LibraryHandle, entries: readonly KemEntry[]): Decapsulate => {
  for (const entry of entries) {
    const decapsulate = ways[entry](library);
    if (decapsulate !== undefined) return decapsulate;
  }
  throw new NoKem('the library has no C_DecapsulateKey');
};

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(wordBytes);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

/** CK_MECHANISM without a parameter. */
const mechanismOf = (mechanism: number): Buffer => Buffer.concat([word(mechanism), Buffer.alloc(2 * wordBytes)]);

const handleOf = (handle: Handle): bigint => handle.readBigUInt64LE();

/** Whether a library exports key encapsulation under a vendor's names. */
export const hasVendorKem = (library: LibraryHandle): boolean => ways['vendor-exports'](library) !== undefined;

/**
 * Finds key encapsulation in a library that this process has loaded already.
 * @throws NoKem if it has none
 */
export const openKem = (libraryPath: string, entries: readonly KemEntry[]): Kem => {
  const decapsulate = found(libraryAt(libraryPath), entries);
  return {
    decapsulate: ({ session, mechanism, key, template, ciphertext }) => {
      // The attributes point at buffers, which must live until the call has ended.
      const { value, pointedAt } = packAttributes(template);
      const secret = Buffer.alloc(wordBytes);
      const code = decapsulate(
        handleOf(session),
        mechanismOf(mechanism),
        handleOf(key),
        value,
        pointedAt.length,
        ciphertext,
        ciphertext.length,
        secret,
      );
      if (code !== 0) throw Object.assign(new Error('C_DecapsulateKey'), { code });
      return secret;
    },
  };
};
