import type { DynamicModule, Provider, Type, ValueProvider } from '@nestjs/common';
import { Test } from '@nestjs/testing';

type Token = Extract<Provider, Type> | (abstract new (...parts: never[]) => unknown) | string | symbol;
type ModuleRef = Type | DynamicModule;

/** A place where a module lists something: its decorator's metadata, or a dynamic module's own list. */
interface Listing {
  read(): readonly unknown[];
  write(entries: readonly unknown[]): void;
}

/** The wiring of a service: its root module, and new values for everything outside it. */
export interface Wiring {
  root(): DynamicModule;
  /** A stand-in for the kit. Each attempt gets a new one, because metrics are registered once. */
  kit(): DynamicModule;
  /** Stands in for providers that reach outside the process when they are made. */
  readonly instead?: readonly ValueProvider[];
}

/** A provider and the classes whose constructors name it. */
export interface WiredProvider {
  readonly token: Token;
  readonly injectedInto: readonly Type[];
}

const decoratedListing = (of: Type, key: string): Listing => ({
  read: () => (Reflect.getMetadata(key, of) as readonly unknown[] | undefined) ?? [],
  write: (entries) => Reflect.defineMetadata(key, entries, of),
});

const dynamicListing = (of: DynamicModule, key: 'imports' | 'providers' | 'controllers' | 'exports'): Listing => ({
  read: () => of[key] ?? [],
  write: (entries) => Object.assign(of, { [key]: entries }),
});

const listingsOf = (module: ModuleRef, key: 'imports' | 'providers' | 'controllers' | 'exports'): Listing[] =>
  'module' in module
    ? [dynamicListing(module, key), decoratedListing(module.module, key)]
    : [decoratedListing(module, key)];

const modulesOf = (root: ModuleRef): readonly ModuleRef[] => {
  const seen = new Set<ModuleRef>();
  const visit = (module: ModuleRef): void => {
    if (seen.has(module)) return;
    seen.add(module);
    for (const listing of listingsOf(module, 'imports')) for (const one of listing.read()) visit(one as ModuleRef);
  };
  visit(root);
  return [...seen];
};

const tokenOf = (provider: unknown): Token =>
  typeof provider === 'object' && provider !== null && 'provide' in provider
    ? (provider.provide as Token)
    : (provider as Token);

const classOf = (provider: unknown): Type | undefined => {
  if (typeof provider === 'function') return provider as Type;
  return (provider as { useClass?: Type }).useClass;
};

const entries = (root: ModuleRef, key: 'providers' | 'controllers'): readonly unknown[] =>
  modulesOf(root).flatMap((module) => listingsOf(module, key).flatMap((listing) => listing.read()));

const parametersOf = (of: Type): readonly unknown[] =>
  (Reflect.getMetadata('design:paramtypes', of) as readonly unknown[] | undefined) ?? [];

/** The classes that Nest constructs in the service's own modules. */
export const wiredClasses = ({ root }: Wiring): readonly Type[] => {
  const classes = (['providers', 'controllers'] as const).flatMap((key) => entries(root(), key).map(classOf));
  return [...new Set(classes.filter((one) => one !== undefined))];
};

export const wiredProviders = (wiring: Wiring): readonly WiredProvider[] => {
  const classes = wiredClasses(wiring);
  return [...new Set(entries(wiring.root(), 'providers').map(tokenOf))].map((token) => ({
    token,
    injectedInto: classes.filter((one) => parametersOf(one).includes(token)),
  }));
};

export const nameOfToken = (token: Token): string => (typeof token === 'function' ? token.name : String(token));

/** Builds every provider, without starting anything. @returns Nest's complaint, or undefined when the wiring is right */
const complaintOf = async ({ kit, instead = [] }: Wiring, root: DynamicModule): Promise<string | undefined> => {
  const builder = Test.createTestingModule({ imports: [root, kit()] }).setLogger(false as never);
  for (const { provide, useValue } of instead) builder.overrideProvider(provide).useValue(useValue);
  return builder.compile().then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
};

export const wiringComplaint = (wiring: Wiring): Promise<string | undefined> => complaintOf(wiring, wiring.root());

/** Nest's complaint when no module lists the provider. */
export const complaintWithout = async (wiring: Wiring, token: Token): Promise<string | undefined> => {
  const root = wiring.root();
  const undo = modulesOf(root).flatMap((module) =>
    (['providers', 'exports'] as const).flatMap((key) =>
      listingsOf(module, key).map((listing) => {
        const before = listing.read();
        listing.write(before.filter((one) => tokenOf(one) !== token));
        return () => listing.write(before);
      }),
    ),
  );
  try {
    return await complaintOf(wiring, root);
  } finally {
    for (const step of undo) step();
  }
};

/** A class that no module lists. */
class Unlisted {}

/** Nest's complaint when the class names another type for one of its parameters. */
export const complaintWithParameter = async (wiring: Wiring, of: Type, index: number): Promise<string | undefined> => {
  const before = parametersOf(of);
  Reflect.defineMetadata('design:paramtypes', before.with(index, Unlisted), of);
  try {
    return await complaintOf(wiring, wiring.root());
  } finally {
    Reflect.defineMetadata('design:paramtypes', before, of);
  }
};

/** Every constructor parameter of the service's classes. */
export const wiredParameters = (wiring: Wiring): readonly { readonly of: Type; readonly index: number }[] =>
  wiredClasses(wiring).flatMap((of) => parametersOf(of).map((_, index) => ({ of, index })));
