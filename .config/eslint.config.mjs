import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What a project of each kind may depend on; `test/conformance/dependency.spec.ts` holds the same by reading manifests and sources. */
const boundaries = [
  { sourceTag: 'type:pure', onlyDependOnLibsWithTags: ['type:pure'] },
  { sourceTag: 'type:kit', onlyDependOnLibsWithTags: ['type:pure', 'type:testing'] },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:pure', 'type:kit', 'type:testing'] },
  // What customers install knows nothing of the services but their API.
  { sourceTag: 'type:sdk', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:client', onlyDependOnLibsWithTags: ['type:sdk'] },
  { sourceTag: 'type:deploy', onlyDependOnLibsWithTags: ['type:pure'] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:pure', 'type:kit', 'type:deploy'] },
  { sourceTag: 'type:test', onlyDependOnLibsWithTags: ['*'] },
];

/** What is never shipped. */
const tests = ['**/*.spec.ts', '**/*.conformance.ts', '**/*.fixture.ts', '**/testing/**', 'test/**'];

const restrict = (...paths) => ({ '@typescript-eslint/no-restricted-imports': ['error', { paths }] });
const pkcs11 = ['graphene-pk11', 'koffi', 'pkcs11js'].map((name) => ({
  name,
  message:
    'Promise 1: PKCS#11 is spoken in apps/crypto-worker/src/custody/pkcs11 alone, so that one folder shows what is done with keys.',
}));
const testing = {
  name: '@ankasecure/testing',
  message: 'For tests only: nothing that is shipped may start databases and tokens of its own.',
};

export default defineConfig(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.nx/**',
      '**/.ankasecure/**',
      '**/coverage/**',
      '**/reports/**',
      'libs/sdk/src/generated/**',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    linterOptions: { noInlineConfig: true },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: new URL('..', import.meta.url).pathname },
    },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          depConstraints: boundaries,
          enforceBuildableLibDependency: false,
          allow: [],
          // A program may load a library late, after it has set signals; there are no bundles that this would split.
          checkDynamicDependenciesExceptions: ['@ankasecure/**'],
        },
      ],
      ...restrict(...pkcs11, testing),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-deprecated': 'error',
      // Sections of the configuration are tokens whose members come from a schema.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An abstract class beside an interface of its name is the token that Nest injects the interface by.
      '@typescript-eslint/no-unsafe-declaration-merging': 'off',
      // `async` without `await` is how an interface's implementation turns a throw into a rejection.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
    },
  },
  { files: tests, rules: { ...restrict(...pkcs11), '@typescript-eslint/unbound-method': 'off' } },
  { files: ['apps/crypto-worker/src/custody/pkcs11/**'], rules: restrict(testing) },
  {
    files: ['apps/crypto-worker/src/custody/pkcs11/**/*.spec.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
);
