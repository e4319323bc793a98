import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import type { SurveyedInterface } from './survey.js';

const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi;

/** A CK_ULONG, a handle and a pointer have eight bytes each (LP64). */
const wordBytes = 8;
/** CK_INTERFACE: pInterfaceName, pFunctionList, flags. */
const interfaceBytes = 3 * wordBytes;

type GetInterfaceList = (list: Buffer | null, count: Buffer) => number;

/** @returns undefined if the library exports no such function */
const exported = (library: Koffi.LibraryHandle, prototype: string): unknown => {
  try {
    return library.func(prototype);
  } catch {
    return undefined;
  }
};

const interfaceAt = (list: Buffer, at: number): SurveyedInterface => {
  const [name = 0n, functions = 0n, flags = 0n] = [0, 1, 2].map((word) => list.readBigUInt64LE(at + word * wordBytes));
  const [major, minor] = koffi.decode(functions, 'uint8_t [2]') as [number, number];
  return { name: String(koffi.decode(name, 'char', -1)), version: `${major}.${minor}`, flags: Number(flags) };
};

/** The interfaces of a library that this process has loaded. @returns null if it has no C_GetInterfaceList that works */
export const interfacesOf = (libraryPath: string): readonly SurveyedInterface[] | null => {
  const prototype = 'unsigned long C_GetInterfaceList(void *list, void *count)';
  const list = exported(koffi.load(libraryPath, { lazy: true }), prototype) as GetInterfaceList | undefined;
  const count = Buffer.alloc(wordBytes);
  if (list === undefined || list(null, count) !== 0) return null;
  const bytes = Buffer.alloc(interfaceBytes * Number(count.readBigUInt64LE()));
  if (list(bytes, count) !== 0) return null;
  return Array.from({ length: Number(count.readBigUInt64LE()) }, (_, index) =>
    interfaceAt(bytes, index * interfaceBytes),
  );
};

/** Thales Luna exports the key encapsulation of v3.2 by names of its own (client 10.9.0). */
export const hasVendorKem = (libraryPath: string): boolean =>
  exported(koffi.load(libraryPath, { lazy: true }), 'unsigned long CA_DecapsulateKey()') !== undefined;
