export declare const holdLock: (what: string) => Promise<(() => void) | undefined>;
