import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import type { LibraryHandle } from 'koffi';

export const koffi = () => createRequire(import.meta.url)('koffi') as typeof Koffi;

/** A CK_ULONG, a handle and a pointer have eight bytes each (LP64). */
export const wordBytes = 8;
/** CK_INTERFACE: pInterfaceName, pFunctionList, flags. */
const interfaceBytes = 3 * wordBytes;

/** A row of C_GetInterfaceList (PKCS#11 v3.2 §5.4.5). */
export interface Interface {
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly flags: number;
  /** The address of its list of functions. */
  readonly functions: bigint;
}

/** A library that this process has loaded already. */
export const libraryAt = (path: string): LibraryHandle => koffi().load(path, { lazy: true });

/** @returns undefined if the library exports no such function */
export const exportedBy = (
  library: LibraryHandle,
  prototype: string,
): ReturnType<LibraryHandle['func']> | undefined => {
  try {
    return library.func(prototype);
  } catch (cause) {
    if (!(cause instanceof Error && /Cannot find function/.test(cause.message))) throw cause;
    return undefined;
  }
};

const interfaceAt = (list: Buffer, at: number): Interface => {
  const [name = 0n, functions = 0n, flags = 0n] = [0, 1, 2].map((word) => list.readBigUInt64LE(at + word * wordBytes));
  const { decode } = koffi();
  const [major, minor] = decode(functions, 'uint8_t [2]') as [number, number];
  return { name: String(decode(name, 'char', -1)), major, minor, flags: Number(flags), functions };
};

type GetInterfaceList = (list: Buffer | null, count: Buffer) => number;

/** The interfaces of a library. @returns null if it has no C_GetInterfaceList that works */
export const interfacesIn = (library: LibraryHandle): readonly Interface[] | null => {
  const prototype = 'unsigned long C_GetInterfaceList(void *list, void *count)';
  const getList = exportedBy(library, prototype) as GetInterfaceList | undefined;
  const count = Buffer.alloc(wordBytes);
  if (getList === undefined || getList(null, count) !== 0) return null;
  const list = Buffer.alloc(interfaceBytes * Number(count.readBigUInt64LE()));
  if (getList(list, count) !== 0) return null;
  return Array.from({ length: Number(count.readBigUInt64LE()) }, (_, index) =>
    interfaceAt(list, index * interfaceBytes),
  );
};
