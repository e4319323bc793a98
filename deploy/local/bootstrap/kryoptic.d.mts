export declare const kryopticLibrary: (repository: string) => string;
