export declare const step: <Result>(what: string, work: () => Promise<Result>) => Promise<Result>;
