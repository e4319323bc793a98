import type { DynamicModule, FactoryProvider, Provider, Type } from '@nestjs/common';
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
}

/** Something that Nest makes from injected parts: a class by its constructor, or a provider by its factory. */
export interface Consumer {
  readonly name: string;
  readonly parameters: readonly unknown[];
  /** Gives it other parameters. */
  write(parameters: readonly unknown[]): void;
}

/** A provider and those that it is injected into. */
export interface WiredProvider {
  readonly token: Token;
  readonly injectedInto: readonly Consumer[];
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

/** Where Nest's `UseGuards` and the like keep what they add to a controller or a method. */
const enhancerKeys = ['__guards__', '__interceptors__', '__pipes__', '__exceptionFilters__'] as const;

/** The guards, interceptors, pipes and filters of a controller. Nest constructs them though no module lists them. */
const enhancersOf = (controller: Type): readonly Type[] => {
  const methods = Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).map(
    ({ value }) => value as unknown,
  );
  return [controller, ...methods.filter((one) => typeof one === 'function')].flatMap((of) =>
    enhancerKeys.flatMap((key) =>
      ((Reflect.getMetadata(key, of) as readonly unknown[] | undefined) ?? []).filter((one) => isClass(one)),
    ),
  );
};

const isClass = (one: unknown): one is Type => typeof one === 'function';

/** The classes that Nest constructs for the service: modules, providers, controllers and the controllers' enhancers. */
const wiredClasses = (root: ModuleRef): readonly Type[] => {
  const modules = modulesOf(root).map((module) => ('module' in module ? module.module : module));
  const providers = entries(root, 'providers').map(classOf);
  const controllers = entries(root, 'controllers').map(classOf);
  const enhancers = controllers.flatMap((one) => (one === undefined ? [] : enhancersOf(one)));
  const classes = [...modules, ...providers, ...controllers, ...enhancers];
  return [...new Set(classes.filter((one) => one !== undefined))];
};

const isFactory = (provider: unknown): provider is FactoryProvider =>
  typeof provider === 'object' && provider !== null && 'useFactory' in provider;

const constructed = (of: Type): Consumer => ({
  name: of.name,
  parameters: parametersOf(of),
  write: (parameters) => Reflect.defineMetadata('design:paramtypes', parameters, of),
});

const manufactured = (by: FactoryProvider): Consumer => ({
  name: nameOfToken(by.provide as Token),
  parameters: by.inject ?? [],
  write: (parameters) => Object.assign(by, { inject: parameters }),
});

const factories = (root: ModuleRef): readonly Consumer[] =>
  entries(root, 'providers').filter(isFactory).map(manufactured);

/** Everything of the service that parts are injected into. */
const consumersOf = (root: ModuleRef): readonly Consumer[] => [
  ...wiredClasses(root).map(constructed),
  ...factories(root),
];

export const wiredConsumers = ({ root }: Wiring): readonly Consumer[] => consumersOf(root());

/** The providers that a factory makes. The compiler does not compare what is injected with what the factory takes. */
export const wiredFactories = ({ root }: Wiring): readonly Consumer[] => factories(root());

export const wiredProviders = ({ root }: Wiring): readonly WiredProvider[] => {
  const module = root();
  const consumers = consumersOf(module);
  return [...new Set(entries(module, 'providers').map(tokenOf))].map((token) => ({
    token,
    injectedInto: consumers.filter(({ parameters }) => parameters.includes(token)),
  }));
};

export const nameOfToken = (token: Token): string => (typeof token === 'function' ? token.name : String(token));

/** Builds every provider, without starting anything. @returns Nest's complaint, or undefined when the wiring is right */
const complaintOf = async ({ kit }: Wiring, root: DynamicModule): Promise<string | undefined> => {
  const builder = Test.createTestingModule({ imports: [root, kit()] }).setLogger(false as never);
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

/** Nest's complaint when one of the consumers asks for another type in one place. */
export const complaintWithParameter = async (
  wiring: Wiring,
  consumer: number,
  index: number,
): Promise<string | undefined> => {
  const root = wiring.root();
  const { parameters, write } = consumersOf(root)[consumer] as Consumer;
  write(parameters.with(index, Unlisted));
  try {
    return await complaintOf(wiring, root);
  } finally {
    write(parameters);
  }
};
